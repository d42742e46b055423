internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Stands above the HTTP decoder: sees where requests and responses begin and end, and decides whether the connection
/// can be used again.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connection: ConnectionGuard
    /// Body bytes the client has announced and not yet sent; nil if it announced no length.
    private var bodyRemaining: Int? = 0
    private var requestsBegun = 0
    private var responsesBegun = 0
    /// The ordinal of the response after which the connection ends.
    private var lastResponse = Int.max
    private var firstError: (any Error)?
    /// Whether everything that is decoded from here on is dropped.
    private var isEnded = false

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        connection.onBodyAbandoned = {
            let (handler, context) = bound.value
            guard handler.responsesBegun == handler.requestsBegun - 1 else { return false }
            handler.lastResponse = handler.requestsBegun
            context.fireErrorCaught(HTTPProblem.requestTimeout)
            return true
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.onBodyAbandoned = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnded else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Whoever is told that the connection ends must know that nothing behind that request was done.
            guard requestsBegun < lastResponse else {
                connection.record { $0.bodyEnded(at: $1) }
                return ignoreInput()
            }
            let isAlone = requestsBegun == responsesBegun
            requestsBegun += 1
            connection.record { $0.headEnded(at: $1) }
            begin(head, context: context, mayContinue: isAlone)
        case .body(let part):
            bodyRemaining = bodyRemaining.map { max(0, $0 - part.readableBytes) }
        case .end:
            bodyRemaining = 0
            connection.record { $0.bodyEnded(at: $1) }
        }
        context.fireChannelRead(data)
        if case .end = unwrapInboundIn(data), requestsBegun >= lastResponse { ignoreInput() }
    }

    /// Takes no further request.
    private func ignoreInput() {
        isEnded = true
        connection.ignoresInput = true
    }

    private func begin(_ head: HTTPRequest, context: ChannelHandlerContext, mayContinue: Bool) {
        if head.headerFields[.transferEncoding] != nil {
            bodyRemaining = nil
        } else {
            // The decoder lets digits alone pass, so what is no Int is larger than any.
            bodyRemaining = head.headerFields[.contentLength].map { Int($0) ?? .max } ?? 0
        }
        if connection.headTraits.endsConnection { lastResponse = min(lastResponse, requestsBegun) }
        // RFC 9110, section 10.1.1: a client that asks first waits for this; a body too large is refused without it.
        if mayContinue, connection.headTraits.knowsInterimAnswers,
            head.headerFields[.expect]?.lowercased() == "100-continue",
            bodyRemaining.map({ $0 <= connection.limits.maximumExpectedBytes }) ?? true
        {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            guard head.status.kind != .informational else { return context.write(data, promise: promise) }
            write(head, context: context, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            let ordinal = responsesBegun
            written.futureResult.assumeIsolated().whenComplete { [self] _ in
                connection.record { $0.responseEnded(at: $1) }
                if ordinal >= lastResponse { connection.linger() }
            }
            context.write(data, promise: written)
        }
    }

    private func write(_ head: HTTPResponse, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        connection.record { $0.responseBegan(at: $1) }
        var head = head
        var body: ByteBuffer?
        if responsesBegun < requestsBegun {
            responsesBegun += 1
        } else {
            // No request is open: this is the framework's bare 400 for bytes that are no HTTP.
            let problem = HTTPProblem(describing: firstError ?? HTTPProblem.malformedMessage)
            head = problem.response.head
            body = ByteBuffer(bytes: problem.document.encoded())
            lastResponse = responsesBegun
        }
        if hasTooMuchUnread || head.headerFields[.connection]?.lowercased() == "close" {
            lastResponse = min(lastResponse, responsesBegun)
        }
        if lastResponse <= responsesBegun { head.headerFields[.connection] = "close" }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        if let body { context.write(wrapOutboundOut(.body(body)), promise: nil) }
    }

    /// Whether the request being answered has so much body left to come that reading on would cost more than a new
    /// connection; the answer of an earlier, pipelined request has none.
    private var hasTooMuchUnread: Bool {
        guard connection.deadlines.isReadingBody, responsesBegun == requestsBegun else { return false }
        guard let bodyRemaining else { return true }
        return bodyRemaining > connection.limits.maximumDrainedBytes
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes later only follows from it.
        firstError = firstError ?? error
        // A head that cannot be expressed as an HTTP request is answered like one that cannot be parsed.
        context.fireErrorCaught(error is HTTP1TypeConversionError ? HTTPParserError.invalidHeaderToken : error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        lastResponse = min(lastResponse, requestsBegun)
        connection.shutDown()
    }
}
