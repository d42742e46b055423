/// Why a request got no response. Hosts in it are those that the caller named.
package enum HTTPTransportError: Error, Sendable, Equatable {
    /// The text is not an absolute http or https URL without credentials and fragment.
    case invalidURL
    /// Plain http is only allowed to this machine, and through a proxy only if the proxy is on this machine too.
    case plainHTTP(host: String)
    /// The proxy is not `http://HOST:PORT` or `socks5://HOST:PORT`.
    case invalidProxy
    /// The file of further certificate authorities cannot be read, or holds no certificate in PEM.
    case invalidCertificateAuthorityFile
    /// A header name or value has characters that HTTP does not allow.
    case invalidHeader
    /// The host has no address.
    case unknownHost(String)
    /// Nothing listens there.
    case refused(String)
    /// The network has no way to the host.
    case unreachable(String)
    /// The time for the whole request is over.
    case timedOut(String)
    /// No TLS connection.
    case tlsFailed(host: String, reason: TLSFailure)
    /// The proxy cannot be reached, or is none of its kind.
    case proxyFailed
    /// The proxy did not connect us to the host.
    case proxyRefused
    /// The response body has more than `limit` bytes.
    case responseTooLarge(limit: Int)
    /// The connection was closed before the response was complete.
    case connectionClosed(String)
    /// What came back is not HTTP.
    case invalidResponse(String)
    /// The caller's task was cancelled.
    case cancelled
    /// The transport has been shut down.
    case shutDown
    /// Anything else; `reason` is the kind of the underlying error.
    case failed(host: String, reason: String)
}

extension HTTPTransportError: CustomStringConvertible {
    /// What happened, for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .invalidURL: "the URL is not an absolute http or https URL"
        case .plainHTTP(let host): "\(host) must be reached with https: plain http is only for this machine"
        case .invalidProxy: "the proxy must be given as http://HOST:PORT or socks5://HOST:PORT"
        case .invalidCertificateAuthorityFile: "the file of certificate authorities holds no certificate in PEM"
        case .invalidHeader: "a header field has characters that are not allowed"
        case .unknownHost(let host): "\(host) has no address"
        case .refused(let host): "\(host) refused the connection"
        case .unreachable(let host): "\(host) cannot be reached"
        case .timedOut(let host): "\(host) did not answer in time"
        case .tlsFailed(let host, let reason): "no TLS connection to \(host): \(reason)"
        case .proxyFailed: "the proxy cannot be reached"
        case .proxyRefused: "the proxy refused to connect"
        case .responseTooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .connectionClosed(let host): "\(host) closed the connection"
        case .invalidResponse(let host): "\(host) did not answer in HTTP"
        case .cancelled: "cancelled"
        case .shutDown: "the transport has been shut down"
        case .failed(let host, let reason): "the request to \(host) failed: \(reason)"
        }
    }

    /// What to do about it; lower case, no full stop; `nil` where nothing went wrong on this side.
    package var hint: String? {
        switch self {
        case .invalidURL: "give https://HOST or, on this machine, http://127.0.0.1:PORT"
        case .plainHTTP: "give an https URL"
        case .invalidProxy: "give http://HOST:PORT or socks5://HOST:PORT"
        case .invalidCertificateAuthorityFile: "give a readable PEM file"
        case .invalidHeader: "leave line breaks and control characters out"
        case .unknownHost: "check the name for a typing error, and this machine's name server"
        case .refused: "check that the server runs, and its port"
        case .unreachable: "check the address and this machine's network"
        case .timedOut, .connectionClosed: "try again; if it stays so, look into the server's log"
        case .tlsFailed(_, let reason): reason.hint
        case .proxyFailed: "check that the proxy runs, its address, and whether it is an http or a socks5 one"
        case .proxyRefused: "check the server's name and port, and what the proxy allows"
        case .responseTooLarge, .invalidResponse: "check that the URL is that of a Portes server"
        case .failed: "try again"
        case .cancelled, .shutDown: nil
        }
    }
}
