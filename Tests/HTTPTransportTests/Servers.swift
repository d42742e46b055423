import HTTPTransport
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServerSupport
import ServiceLifecycle
import Testing

private let logger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// Runs services for as long as `body` runs.
@discardableResult
func withServices<T: Sendable>(_ services: [any Service], _ body: @escaping @Sendable () async throws -> T) async throws
    -> T
{
    let group = ServiceGroup(services: services, logger: logger)
    return try await withThrowingTaskGroup(of: T?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        tasks.addTask {
            let result: Result<T, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            return try result.get()
        }
        var answer: T?
        for try await value in tasks { answer = value ?? answer }
        return try #require(answer)
    }
}

/// Runs one of our own servers on a loopback port for as long as `body` runs.
@discardableResult
func withServer<T: Sendable>(
    _ router: Router<ServerContext>, tls: TLSFiles? = nil, _ body: @escaping @Sendable (Int) async throws -> T
) async throws -> T {
    let server = try HTTPServer(
        configuration: ServerConfiguration(
            address: ListenAddress(host: "127.0.0.1", port: 0), tls: tls, shutdownDuration: .seconds(2)),
        router: router, logger: logger)
    return try await withServices([server]) { try await body(server.port) }
}

/// Runs one of our own servers on a Unix socket for as long as `body` runs.
@discardableResult
func withSocketServer<T: Sendable>(
    _ path: String, _ router: Router<ServerContext>, _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    let server = try SocketServer(path: path, router: router, logger: logger)
    return try await withServices([server]) {
        try await server.waitUntilListening()
        return try await body()
    }
}

/// A transport for as long as `body` runs.
@discardableResult
func withTransport<T>(
    proxy: ProxyAddress? = nil, certificateAuthorityFile: String? = nil,
    _ body: (HTTPTransport) async throws -> T
) async throws -> T {
    let transport = try HTTPTransport(proxy: proxy, certificateAuthorityFile: certificateAuthorityFile)
    do {
        let value = try await body(transport)
        await transport.shutdown()
        return value
    } catch {
        await transport.shutdown()
        throw error
    }
}

typealias RawStream = NIOAsyncChannel<ByteBuffer, ByteBuffer>

/// A stream that may be dropped unused: the bare one traps.
private final class AcceptedStream: Sendable {
    let stream: RawStream

    init(_ channel: any Channel) throws {
        stream = try RawStream(wrappingChannelSynchronously: channel)
    }

    deinit {
        let stream = stream
        Task { try? await stream.executeThenClose { _, _ in } }
    }
}

/// Listens on a loopback port for as long as `body` runs, and hands every connection to `serve`.
@discardableResult
func withRawServer<T: Sendable>(
    serve:
        @escaping @Sendable (
            inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Void,
    _ body: @escaping @Sendable (Int) async throws -> T
) async throws -> T {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture { try AcceptedStream(channel) }
        }
    let port = try #require(listener.channel.localAddress?.port)
    // Nothing is cancelled from outside, so that no connection is accepted and then dropped.
    let result = await withTaskGroup(of: Result<T, any Error>?.self) { group -> Result<T, any Error>? in
        group.addTask {
            try? await withThrowingDiscardingTaskGroup { connections in
                try await listener.executeThenClose { inbound in
                    for try await accepted in inbound {
                        connections.addTask {
                            try? await accepted.stream.executeThenClose { inbound, outbound in
                                var iterator = inbound.makeAsyncIterator()
                                try await serve(&iterator, outbound)
                            }
                        }
                    }
                }
                connections.cancelAll()
            }
            return nil
        }
        group.addTask {
            let result: Result<T, any Error>
            do { result = .success(try await body(port)) } catch { result = .failure(error) }
            try? await listener.channel.close()
            return result
        }
        var answer: Result<T, any Error>?
        for await value in group { answer = value ?? answer }
        return answer
    }
    return try #require(result).get()
}

extension NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator {
    /// Reads up to and including the first `end`; the text before it, or nil if the connection ended.
    mutating func head(endingWith end: String = "\r\n\r\n") async throws -> String? {
        var text = ""
        while let buffer = try await next() {
            text += String(buffer: buffer)
            if let range = text.firstRange(of: end) { return String(text[..<range.lowerBound]) }
        }
        return nil
    }
}
