package import Hummingbird
internal import NIOCore

/// The request context of all our routes.
package struct ServerContext: RequestContext {
    /// What the framework keeps of a request.
    package var coreContext: CoreRequestContextStorage
    /// Where the connection comes from, as a limit may tell callers apart: an IPv4 address, or the first 64 bits of an
    /// IPv6 address; `nil` for this machine, where a proxy may stand for many. Never stored or logged.
    package let origin: [UInt8]?

    /// The context of a request on a connection.
    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        origin = Self.origin(source.channel.remoteAddress)
    }

    private static func origin(_ address: SocketAddress?) -> [UInt8]? {
        guard let address else { return nil }
        // Family and port take four bytes; before an IPv6 address stand four more.
        let bytes = address.withSockAddr { address, count in
            Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(address), count: count))
        }
        switch address.protocol {
        case .inet where bytes.count >= 8: return ofVersion4(bytes[4..<8])
        case .inet6 where bytes.count >= 24:
            let bytes = bytes[8..<24]
            // An IPv4 address in the form of one of IPv6.
            if bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff]) { return ofVersion4(bytes.suffix(4)) }
            return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 ? nil : Array(bytes.prefix(8))
        default: return nil
        }
    }

    private static func ofVersion4(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        bytes.first == 127 ? nil : Array(bytes)
    }
}
