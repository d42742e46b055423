import NIOCore
import NIOPosix

/// A TCP connection that sends and receives bytes as they are, for clients that misbehave.
struct RawConnection {
    typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

    let channel: any Channel
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    var inbound: Inbound
    /// Everything received so far.
    var received = ""

    /// Sends `text`; whether the other side still takes it.
    @discardableResult
    func send(_ text: String) async -> Bool {
        do {
            try await outbound.write(ByteBuffer(string: text))
            return true
        } catch {
            return false
        }
    }

    /// Reads until `text` has come; false if the connection ended before.
    mutating func read(until text: String) async -> Bool {
        while !received.contains(text) {
            guard let buffer = try? await inbound.next() else { return false }
            received += String(buffer: buffer)
        }
        return true
    }

    /// Reads until the other side closes, and returns all that ever came.
    mutating func readToEnd() async -> String {
        while let buffer = try? await inbound.next() { received += String(buffer: buffer) }
        return received
    }
}

/// Connects to `port` on this machine for as long as `body` runs.
func withConnection<T: Sendable>(
    to port: Int, _ body: @escaping @Sendable (inout RawConnection) async throws -> T
) async throws -> T {
    let stream = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await stream.executeThenClose { inbound, outbound in
        var connection = RawConnection(
            channel: stream.channel, outbound: outbound, inbound: inbound.makeAsyncIterator())
        return try await body(&connection)
    }
}

/// Waits until `condition` holds; gives up after `limit`.
func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
