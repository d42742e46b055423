public import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Where a server is reached: `https://host`, perhaps with a port; plain `http` only on the loopback interface.
public struct ServerURL: Sendable, Hashable {
    /// The scheme and the authority, with no slash at the end.
    public let text: String
    /// The host in lower case and the port, without a port that the scheme implies: a server's name in challenges,
    /// unless it was configured with another. Digests are made over it, so it must not depend on how it was typed.
    public let name: ServerName
    let isEncrypted: Bool

    /// Whether the host is this machine, by name alone: `localhost`, in `127.0.0.0/8` or `[::1]`.
    package var isOnThisMachine: Bool { ServerURL.isLoopback(name) }

    /// Why a text is not the URL of a server.
    public enum URLError: Error, Sendable, Hashable {
        /// It is not a scheme, `://` and a host with an optional port, and at most a slash after that.
        case malformed
        /// The scheme is http and the host is not `localhost`, in `127.0.0.0/8` or `[::1]`, or it is neither http nor
        /// https.
        case notEncrypted
    }

    /// The URL in `text`; there may be no user, path, query or fragment.
    public init(_ text: String) throws(URLError) {
        try self.init(prefixOf: text)
        guard text.utf8.count <= self.text.utf8.count + 1, text == self.text || text == self.text + "/" else {
            throw .malformed
        }
    }

    /// The server of an absolute URL, whatever follows its authority.
    package init(prefixOf text: String) throws(URLError) {
        guard let separator = text.firstRange(of: "://") else { throw .malformed }
        let authority = text[separator.upperBound...].prefix { !"/?#\\".contains($0) }
        guard let name = try? ServerName(authority.lowercased()) else { throw .malformed }
        let impliedPort: String
        switch text[..<separator.lowerBound].lowercased() {
        case "https":
            isEncrypted = true
            impliedPort = ":443"
        case "http" where ServerURL.isLoopback(name):
            isEncrypted = false
            impliedPort = ":80"
        default: throw .notEncrypted
        }
        self.text = String(text[..<authority.endIndex])
        let hasImpliedPort = name.text.hasSuffix(impliedPort)
        let short = hasImpliedPort ? try? ServerName(String(name.text.dropLast(impliedPort.count))) : nil
        self.name = short ?? name
    }

    /// The URL of an absolute path on this server.
    func appending(path: String) -> String { text + (path.hasPrefix("/") ? path : "/" + path) }

    /// The URL that `reference` means in a document at `path` of this server (RFC 3986, section 5); `nil` if it is
    /// none, or would leave encryption.
    func resolve(_ reference: String, relativeTo path: String) -> String? {
        guard let base = URL(string: appending(path: path)),
            let resolved = URL(string: reference, relativeTo: base)?.absoluteURL.absoluteString,
            let server = try? ServerURL(prefixOf: resolved), server.isEncrypted || !isEncrypted
        else { return nil }
        return resolved
    }

    private static func isLoopback(_ name: ServerName) -> Bool {
        if name.text == "[::1]" || name.text.hasPrefix("[::1]:") { return true }
        let host = name.text.prefix { $0 != ":" }.lowercased()
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Some resolvers read a leading zero as octal.
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map { "\($0)" } == String($0) }
    }
}
