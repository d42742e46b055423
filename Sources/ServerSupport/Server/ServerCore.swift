internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// What servers on a TCP port and on a Unix socket have in common.
final class ServerCore: Sendable {
    private let responder: HTTPChannelHandler.Responder
    private let limits: ConnectionLimits
    private let shutdownDuration: Duration
    private let certificates: CertificateStore?
    private let metrics: ConnectionMetrics?
    private let logger: Logger
    private let bound: EventLoopPromise<SocketAddress?>

    init(
        responder: @escaping HTTPChannelHandler.Responder, limits: ConnectionLimits, shutdownDuration: Duration,
        certificates: CertificateStore?, metrics: ConnectionMetrics?, logger: Logger
    ) {
        self.responder = responder
        self.limits = limits
        self.shutdownDuration = shutdownDuration
        self.certificates = certificates
        self.metrics = metrics
        // The framework reports addresses and errors of single connections below this level.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        self.logger = quiet
        bound = MultiThreadedEventLoopGroup.singleton.next().makePromise()
    }

    deinit {
        bound.fail(CancellationError())
    }

    /// The address in use once ``run(address:onListening:)`` has bound it.
    func boundAddress() async throws -> SocketAddress? {
        try await bound.futureResult.get()
    }

    /// Listens at `address`, which errors call `place`; calls `onListening` with the bound address, and serves until
    /// graceful shutdown.
    func run(
        address: BindAddress, place: String, onListening: @escaping @Sendable (SocketAddress?) throws -> Void
    ) async throws {
        let channel = GuardedHTTPChannel(
            responder: responder, limits: limits, shutdownDuration: shutdownDuration, certificates: certificates,
            metrics: metrics)
        let server = Server(
            childChannelSetup: channel,
            configuration: HummingbirdCore.ServerConfiguration(
                address: address, backlog: 4096,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    FileDescriptorLimit.connections(upTo: limits.maximumConnections), logger: logger)),
            onServerRunning: { [bound] channel in
                do {
                    try onListening(channel.localAddress)
                    bound.succeed(channel.localAddress)
                } catch {
                    bound.fail(error)
                    channel.close(promise: nil)
                }
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            try await server.run()
        } catch {
            let error = ListenError(error, place: place)
            bound.fail(error)
            throw error
        }
    }

    /// The function that answers one request through the routes of `router`.
    static func responder<Context: RequestContext>(
        for router: Router<Context>, logger: Logger
    ) -> HTTPChannelHandler.Responder where Context: InitializableFromSource<ApplicationRequestContextSource> {
        router.answerRemainingMethods()
        let routes = router.buildResponder()
        let known = Set(Router<Context>.knownMethods + [.options])
        let dates = DateHeader()
        return { request, writer, channel in
            let context = Context(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var request = request
            if !known.contains(request.method) {
                var head = request.head
                head.method = .trace
                request = Request(head: head, body: request.body)
            }
            var response: Response
            do {
                response = try await routes.respond(to: request, context: context)
            } catch {
                response = HTTPProblem(describing: error).response
            }
            if request.method == .head { response = response.createHeadResponse() }
            response.headers[.date] = dates.current
            try await writer.write(response: response.head, body: response.body)
        }
    }
}
