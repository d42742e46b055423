import HTTPTransport
import NIOCore
import NIOPosix
import Synchronization

/// The places that a proxy was asked to connect to.
final class ProxyLog: Sendable {
    private let places = Mutex<[String]>([])
    var all: [String] { places.withLock { $0 } }
    func add(_ place: String) { places.withLock { $0.append(place) } }
}

/// Runs an HTTP `CONNECT` proxy (RFC 9110, section 9.3.6) that connects to this machine only.
@discardableResult
func withConnectProxy<T: Sendable>(
    _ log: ProxyLog, _ body: @escaping @Sendable (ProxyAddress) async throws -> T
) async throws -> T {
    try await withRawServer { inbound, outbound in
        guard let head = try await inbound.head(), let line = head.split(separator: "\r\n").first else { return }
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "CONNECT" else { return }
        log.add(String(words[1]))
        guard words[1].hasPrefix("127.0.0.1:"), let port = Int(words[1].dropFirst("127.0.0.1:".count)) else {
            try await outbound.write(ByteBuffer(string: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
            return
        }
        try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"))
        try await join(&inbound, outbound, port: port)
    } _: { port in
        try await body(ProxyAddress("http://127.0.0.1:\(port)"))
    }
}

/// Runs a SOCKS version 5 proxy (RFC 1928) that connects to this machine only.
@discardableResult
func withSOCKSProxy<T: Sendable>(
    _ log: ProxyLog, _ body: @escaping @Sendable (ProxyAddress) async throws -> T
) async throws -> T {
    try await withRawServer { inbound, outbound in
        guard let greeting = try await inbound.next(), greeting.getInteger(at: 0, as: UInt8.self) == 5 else { return }
        try await outbound.write(ByteBuffer(bytes: [5, 0]))
        guard var request = try await inbound.next(), let prefix = request.readBytes(length: 4) else { return }
        let host: String?
        if prefix[3] == 1 {
            host = request.readBytes(length: 4)?.map(String.init).joined(separator: ".")
        } else {
            host = request.readInteger(as: UInt8.self).flatMap { request.readString(length: Int($0)) }
        }
        guard let host, let port = request.readInteger(as: UInt16.self) else { return }
        log.add("\(host):\(port)")
        let known = host == "127.0.0.1"
        try await outbound.write(ByteBuffer(bytes: [5, known ? 0 : 4, 0, 1, 0, 0, 0, 0, 0, 0]))
        if known { try await join(&inbound, outbound, port: Int(port)) }
    } _: { port in
        try await body(ProxyAddress("socks5://127.0.0.1:\(port)"))
    }
}

/// Carries bytes both ways between a client and `port` on this machine until one side ends.
private func join(
    _ inbound: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, port: Int
) async throws {
    let target = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try RawStream(wrappingChannelSynchronously: channel) }
        }
    try await target.executeThenClose { answers, requests in
        let back = Task {
            for try await part in answers { try await outbound.write(part) }
            outbound.finish()
        }
        while let part = try await inbound.next() { try await requests.write(part) }
        back.cancel()
    }
}
