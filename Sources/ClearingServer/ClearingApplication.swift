package import ClearingStore
internal import Disclosure
internal import Foundation
internal import HTTPTransport
package import KeySchedule
package import Logging
internal import PortesVerifier
internal import PrivacyPass
internal import Revocation
package import ServerSupport
package import ServiceLifecycle
internal import SQLiteSupport

/// A clearing server, ready to run: its database, its routes and the services that keep it current.
package struct ClearingApplication: Sendable {
    /// The server's identity, which the authority's admin has to trust.
    package let identity: ClearingIdentity
    /// What is counted, for `GET /metrics` on the admin socket.
    package let metrics: PrometheusMetrics
    /// Everything that has to run, in the order in which to start it.
    package let services: [any Service]

    private let server: HTTPServer
    private let database: ClearingDatabase
    private let configuration: ClearingConfiguration
    private let logger: Logger

    /// Opens the data directory and prepares the server. Blocks.
    ///
    /// Throws ``StoreError``, ``ClearingStoreError`` or ``KeyFileError`` if the directory cannot be used, what
    /// ``HTTPServer`` throws for its certificate, ``HTTPTransportError`` for a file of certificate authorities, and
    /// ``ClearingServerError``.
    package init(
        _ configuration: ClearingConfiguration, time: any TimeSource = SystemTimeSource(), logger: Logger
    ) throws {
        self.configuration = configuration
        self.logger = logger
        let directory = try DataDirectory(path: configuration.dataDirectory, side: .clearing)
        try ClearingFiles.check(in: directory)
        ClearingBackup.removeLeftovers(in: directory)
        identity = try ClearingIdentity(in: directory)
        database = try ClearingDatabase(
            in: directory, identity: identity,
            pins: ClearingPins(
                origin: configuration.origin, scope: configuration.scope, authority: configuration.authority),
            capabilities: configuration.capabilities, limits: configuration.limits, time: time)
        let transport = try HTTPTransport(certificateAuthorityFile: configuration.certificateAuthorityFile)
        metrics = PrometheusMetrics()

        let pool = ComputePool()
        let counts = ClearingMetrics(factory: metrics)
        let source = AuthoritySource(transport: transport, issuerURL: configuration.issuerURL)
        let watch = DirectoryWatch(
            source: source, database: database, capabilities: configuration.capabilities, time: time,
            interval: configuration.directoryInterval)
        let readiness = Readiness(
            database: database, watch: watch, capabilities: configuration.capabilities, time: time)
        let redeemer = Redeemer(
            database: database,
            challenger: Challenger(database: database, origin: configuration.origin, scope: configuration.scope),
            signer: try ReceiptSigner(in: directory, mustExist: database.hasServed()), pool: pool,
            metrics: counts, failures: StoreFailureLog(logger: logger), time: time)
        let countSigner = try CountSigner(in: directory)
        let filters = SpentFilters(
            database: database, pool: pool, interval: configuration.spentInterval, logger: logger)
        let sessionKey = try SessionKeyFile.key(atPath: directory.path, of: database)
        let sessions = try ClearingSessions.service(
            key: sessionKey, redeemer: redeemer, accepting: configuration.sessionCapabilities,
            life: configuration.sessionLife, origin: configuration.origin, servers: configuration.sessionServers)
        let keys = ClearingKeySet(receipts: redeemer.signer, counts: countSigner, sessions: sessionKey)
        server = try HTTPServer(
            configuration: configuration.server,
            router: Self.publicRouter(
                redeemer, readiness, keys, filters, sessions, WhatWeHold(database.holdings()), RequestMetrics(factory: metrics)),
            metrics: metrics, logger: logger)
        services = try [
            Foundations(database: database, transport: transport),
            Replicator(
                source: source, database: database, identity: identity, metrics: counts, readiness: readiness, pool: pool,
                time: time, interval: configuration.pollInterval,
                carriedDelivery: Self.carriedDelivery(configuration.deliveryFile), logger: logger),
            watch,
            Maintenance(database: database, interval: configuration.maintenanceInterval, logger: logger),
            filters,
            CountReporter(
                source: source, database: database, signer: countSigner, verifier: identity.id,
                interval: configuration.maintenanceInterval, logger: logger),
            SocketServer(
                path: directory.socketPath,
                router: Self.adminRouter(
                    readiness, SnapshotRoute(database: database, directory: directory), metrics),
                shutdownDuration: configuration.server.shutdownDuration, logger: logger),
        ] + Self.metricsServer(metrics, configuration, logger) + [server]
    }

    /// Serves until SIGTERM or SIGINT.
    package func run() async throws {
        try await ServerProcess.run(services, shutdownDuration: configuration.server.shutdownDuration, logger: logger)
    }

    /// The port in use; waits until the server listens.
    package var port: Int {
        get async throws { try await server.port }
    }

    private static func carriedDelivery(_ path: String?) throws -> String? {
        guard let path else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ClearingServerError.unreadableDelivery(path: path)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func metricsServer(
        _ metrics: PrometheusMetrics, _ configuration: ClearingConfiguration, _ logger: Logger
    ) throws -> [any Service] {
        guard let address = configuration.metricsAddress else { return [] }
        guard address.isLoopback else { throw ClearingServerError.metricsBeyondLoopback }
        return [try HTTPServer.ofMetrics(metrics, at: address, logger: logger)]
    }
}
