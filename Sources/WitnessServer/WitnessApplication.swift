internal import Hummingbird
package import KeySchedule
package import KeyTransparency
package import Logging
package import ServerSupport
package import ServiceLifecycle
internal import SQLiteSupport
package import WitnessStore

/// A witness, ready to run: its database, its routes and its servers.
package struct WitnessApplication: Sendable {
    /// What the logs and their users need to check the witness's cosignatures.
    package var verificationKey: NoteVerificationKey { database.verificationKey }
    /// What the witness has cosigned.
    package let database: WitnessDatabase
    /// What is counted, for `GET /metrics` on the admin socket.
    package let metrics: PrometheusMetrics
    /// Everything that has to run, in the order in which to start it.
    package let services: [any Service]

    private let server: HTTPServer
    private let shutdownDuration: Duration
    private let logger: Logger

    /// Opens the data directory and prepares the server. Blocks.
    ///
    /// Throws what ``WitnessDatabase`` throws, what ``HTTPServer`` throws for its certificate, and
    /// ``WitnessServerError``.
    package init(
        _ configuration: WitnessConfiguration, time: any TimeSource = SystemTimeSource(), logger: Logger
    ) throws {
        self.logger = logger
        shutdownDuration = configuration.server.shutdownDuration
        database = try WitnessDatabase(atPath: configuration.dataDirectory, name: configuration.name)
        metrics = PrometheusMetrics()
        let clock = SteadyClock(time)
        let route = CosigningRoute(
            logs: configuration.logs, database: database, clock: clock, pool: ComputePool(),
            metrics: WitnessMetrics(factory: metrics), report: WitnessReport(logger: logger))
        let checks = [ReadinessCheck("clock") { [database] in await database.agrees(with: clock.now) }]

        let open = ServerRouter.make(metrics: RequestMetrics(factory: metrics))
        route.add(to: open)
        open.addHealth(checks)
        server = try HTTPServer(configuration: configuration.server, router: open, metrics: metrics, logger: logger)

        let admin = ServerRouter.make()
        admin.addMetrics(metrics)
        admin.addHealth(checks)
        AdminRoutes(database: database).add(to: admin)
        services = try [
            Foundations(database: database),
            SocketServer(
                path: DataDirectory.socketPath(in: configuration.dataDirectory), router: admin,
                shutdownDuration: shutdownDuration, logger: logger),
        ] + Self.metricsServer(metrics, configuration, logger) + [server]
    }

    /// Serves until SIGTERM or SIGINT.
    package func run() async throws {
        try await ServerProcess.run(services, shutdownDuration: shutdownDuration, logger: logger)
    }

    /// The port in use; waits until the server listens.
    package var port: Int {
        get async throws { try await server.port }
    }

    private static func metricsServer(
        _ metrics: PrometheusMetrics, _ configuration: WitnessConfiguration, _ logger: Logger
    ) throws -> [any Service] {
        guard let address = configuration.metricsAddress else { return [] }
        guard address.isLoopback else { throw WitnessServerError.metricsBeyondLoopback }
        return [try HTTPServer.ofMetrics(metrics, at: address, logger: logger)]
    }
}

/// Closes what all other services use once they have ended: runs as the first service.
private struct Foundations: Service {
    let database: WitnessDatabase

    func run() async throws {
        // Cancelled or shut down, everything is closed.
        try? await gracefulShutdown()
        try database.close()
    }
}
