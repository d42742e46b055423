/// Where a server listens: `HOST:PORT`, with an IPv6 address in brackets.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not an address to listen on.
    package enum ParseError: Error, Equatable {
        /// There is no `:PORT` behind the host, or nothing before it.
        case missingPart
        /// The port is not a number from 0 to 65535.
        case invalidPort
        /// An IPv6 address stands without its brackets.
        case missingBrackets
    }

    /// A host name or a numeric address, without brackets.
    package let host: String
    /// The TCP port; 0 lets the system pick one.
    package let port: Int

    /// Joins a host (no brackets) and a port.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, such as `127.0.0.1:8080` or `[::1]:0`.
    ///
    /// Throws a ``ParseError`` that says which part is wrong.
    package init(_ text: String) throws(ParseError) {
        guard let colon = text.lastIndex(of: ":") else { throw .missingPart }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .missingBrackets
        }
        guard !host.isEmpty else { throw .missingPart }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65535
        else { throw .invalidPort }
        self.init(host: String(host), port: port)
    }

    /// Whether only this machine can reach the address: 127.0.0.0/8, `::1` or `localhost`.
    package var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `HOST:PORT` as it stands in a URL.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
