#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A proxy to reach servers through.
package struct ProxyAddress: Sendable, Hashable {
    /// How the proxy is spoken to.
    package enum Kind: Sendable, Hashable {
        /// HTTP `CONNECT` (RFC 9110, section 9.3.6).
        case http
        /// SOCKS version 5 (RFC 1928); host names are looked up by the proxy.
        case socks5
    }

    /// How the proxy is spoken to.
    package let kind: Kind
    /// The proxy's host, without brackets.
    package let host: String
    /// The proxy's port.
    package let port: Int

    /// Reads `http://HOST:PORT` or `socks5://HOST:PORT`; throws ``HTTPTransportError/invalidProxy``.
    package init(_ text: String) throws(HTTPTransportError) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host, !host.isEmpty,
            let port = url.port, (1...65535).contains(port), url.user == nil, url.query == nil, url.fragment == nil,
            url.path.isEmpty || url.path == "/"
        else { throw .invalidProxy }
        switch scheme {
        case "http": kind = .http
        case "socks5", "socks5h": kind = .socks5
        default: throw .invalidProxy
        }
        self.host = host.withoutBrackets
        self.port = port
    }
}

extension String {
    /// `::1` for `[::1]`.
    var withoutBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
