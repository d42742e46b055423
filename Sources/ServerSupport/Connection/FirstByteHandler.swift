internal import NIOCore
internal import NIOHTTP1

/// Stands below the HTTP decoder: sees the first byte of a request, bounds what the decoder keeps, and drops bytes
/// once no request is taken any more.
final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionGuard

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !connection.isLingering, !connection.ignoresInput else { return }
        connection.record { $0.bytesArrived(at: $1) }
        connection.undecodedBytes += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        // The decoder's own limits do not count spaces before a value, nor what follows a request to change protocols,
        // and it keeps both. Twice the limit leaves room for the request line and what stands between the fields.
        guard connection.undecodedBytes > 2 * connection.limits.maximumHeadBytes else { return }
        connection.ignoresInput = true
        context.fireErrorCaught(HTTPParserError.headerOverflow)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody above asks for more once the response is out.
        if connection.isLingering { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent, connection.isLingering {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.connectionClosed()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.connectionClosed()
    }
}
