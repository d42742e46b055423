internal import NIOCore
internal import NIOHTTP1

/// Stands between the HTTP decoder and the framework's codec: reads of a request's head what the codec leaves out.
final class RequestHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// What a head says about its connection.
    struct Traits {
        /// Whether the connection ends with the answer.
        var endsConnection = false
        /// Whether there is one `Host`, or none where none is needed.
        var namesOneHost = true
        /// Whether the client knows interim answers such as 100 (RFC 9110, section 15.2).
        var knowsInterimAnswers = true
    }

    private let connection: ConnectionGuard

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What was decoded of the same bytes before the input was given up.
        guard !connection.ignoresInput else { return }
        connection.undecodedBytes = 0
        if case .head(let head) = unwrapInboundIn(data) {
            connection.headTraits = Traits(head, requiresHost: connection.limits.requiresHost)
            // RFC 9112, section 3.2: what stands before us could read another name out of none or two.
            guard connection.headTraits.namesOneHost else {
                connection.ignoresInput = true
                return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
            }
        }
        context.fireChannelRead(data)
    }
}

extension RequestHeadHandler.Traits {
    init(_ head: HTTPRequestHead, requiresHost: Bool) {
        let isCurrent = head.version.minor >= 1
        // Keeping an HTTP/1.0 connection would have to be agreed on (RFC 9112, section 9.3). And the decoder stops
        // before what would be another protocol, although we never change to one.
        let stopsDecoder = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        endsConnection = !isCurrent || !head.isKeepAlive || stopsDecoder
        knowsInterimAnswers = isCurrent
        let hosts = head.headers["host"].count
        namesOneHost = hosts == 1 || hosts == 0 && !(isCurrent && requiresHost)
    }
}
