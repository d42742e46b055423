internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import NIOSSL

/// Sets up an accepted connection: TLS if asked for, our deadlines around the HTTP decoder, then the framework's
/// stream.
struct GuardedHTTPChannel: HTTPChannelHandler {
    typealias Value = AcceptedConnection

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let shutdownDuration: Duration
    let certificates: CertificateStore?
    let metrics: ConnectionMetrics?

    private static let sendBufferBytes: SocketOptionValue = 128 * 1024

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // Bounds what a client that does not read can park in the kernel, where no deadline of ours sees it.
            try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: Self.sendBufferBytes)
            let pipeline = channel.pipeline.syncOperations
            if let certificates {
                try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
            }
            metrics?.connectionOpened()
            channel.closeFuture.whenComplete { _ in metrics?.connectionClosed() }
            let connection = ConnectionGuard(
                channel: channel, limits: limits, shutdownDuration: shutdownDuration,
                onCut: { metrics?.connectionCut($0) })
            try pipeline.addHandler(FirstByteHandler(connection))
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.maximumHeadBytes
            decoder.maxHeaderListSize = limits.maximumHeadBytes
            decoder.maxHeaderFieldCount = limits.maximumHeaderFields
            // The same pipeline as the framework's HTTP1Channel; errors are answered further up.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
            try pipeline.addHandler(RequestHeadHandler(connection))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: certificates != nil))
            try pipeline.addHandler(RequestHandler(connection))
            return try AcceptedConnection(
                AcceptedConnection.Stream(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: Value, logger: Logger) async {
        let stream = value.take()
        // Nobody waits for an answer any more where the connection is gone: what is computed for it ends, as far as it
        // can. The stream closes the channel, so both end.
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await handleHTTP(asyncChannel: stream, logger: logger) }
            tasks.addTask { try? await stream.channel.closeFuture.get() }
            await tasks.next()
            tasks.cancelAll()
        }
    }
}
