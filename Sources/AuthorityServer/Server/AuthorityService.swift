import Attestation
import AuthorityKeys
import AuthorityStore
import Disclosure
import HTTPTransport
import Hummingbird
import KeySchedule
import KeyTransparency
package import Logging
import PrivacyPass
import ServerSupport
package import ServiceLifecycle
import Statements

/// A running authority: the public server, the admin socket and the housekeeping on one ``Authority``.
package struct AuthorityService: Sendable {
    private let server: HTTPServer
    private let authority: Authority
    private let shutdownDuration: Duration

    /// Prepares the servers; the authority must have been opened with its keys and a name.
    ///
    /// Throws ``AuthorityError``, ``StoreError``, ``ListenError`` or ``TLSFilesError``.
    package init(_ authority: Authority, configuration: AuthorityConfiguration, logger: Logger) throws {
        guard let signing = authority.signing, let issuerName = authority.issuerName else {
            throw AuthorityError.keysMissing
        }
        if configuration.isDevelopment {
            guard configuration.server.address.isLoopback else { throw AuthorityError.developmentBeyondLoopback }
            // Not through the logger: no log level may hide it.
            writeToStandardError("portes: warning: the gate is open: whoever reaches this port gets tokens for nothing\n")
        }
        let metrics = PrometheusMetrics()
        let pool = ComputePool()
        let repeats = RepeatGuard(threadCount: pool.threadCount)
        let router = ServerRouter.make(
            metrics: RequestMetrics(factory: metrics),
            crossOrigin: AccountRoutes.paths.union(
                [IssuerDirectory.path, DirectoryPublisher.requestPath, TokenRevocationRoute.path]))
        router.add(middleware: StoreProblemMiddleware())
        let heads = HeadSigner(
            database: authority.database, signing: signing, issuer: issuerName.text, time: authority.time)
        let transport = try HTTPTransport(certificateAuthorityFile: configuration.certificateAuthorityFile)
        let keyLog = try Self.log(
            .keys, authority, configuration.witnesses, transport, sign: { signing.signKeyLog($0) })
        PublicRoutes(
            directory: DirectoryPublisher(authority, keyLog: keyLog.publisher),
            revocations: RevocationPublisher(database: authority.database, heads: heads, pool: pool),
            deliveries: DeliveryPublisher(authority), keySet: signing.keySet
        ).add(to: router)
        TokenRevocationRoute(authority: authority, pool: pool).add(to: router)
        let guesses = GuessGuard(configuration, time: authority.time)
        TokenRequestRoute(
            authority: authority, issuerName: issuerName, gate: authority.database, guesses: guesses,
            isGateOpen: configuration.isDevelopment,
            maximumBatch: configuration.maximumBatch, batchSizes: configuration.batchSizes, pool: pool,
            repeats: repeats,
            metrics: IssuanceMetrics(factory: metrics)
        ).add(to: router)
        RecoveryRoutes(
            authority: authority, issuerName: issuerName, isGateOpen: configuration.isDevelopment,
            maximumBatch: configuration.maximumBatch, guesses: guesses, pool: pool, repeats: repeats
        ).add(to: router)
        if let accounts = configuration.accounts {
            let parties = accounts.parties.map {
                (issuer: $0.issuer, keys: $0.keys.source(pool: pool, transport: transport))
            }
            AccountRoutes(
                authority: authority, issuerName: issuerName, configuration: accounts,
                statements: StatementVerifier(parties, authority: issuerName) { issuer, id in
                    signing.statementDigest(issuer: issuer, id: id)
                },
                challenges: ChallengeKeeper(difficulty: accounts.difficulty),
                changes: RateLimiter(perMinute: accounts.changesPerMinute, at: authority.time.now().monotonic),
                guesses: guesses, pool: pool
            ).add(to: router)
        }
        CountRoute(authority: authority, issuerName: issuerName, pool: pool).add(to: router)
        LogRoutes(publisher: keyLog.publisher, key: keyLog.key).add(to: router)
        let headLog = try Self.log(
            .revocationHeads, authority, .none, transport, sign: { signing.signRevocationLog($0) })
        LogRoutes(publisher: headLog.publisher, key: headLog.key).add(to: router)
        router.addDisclosure(try WhatWeHold(authority.database.holdings()))
        router.addHealth([authority.databaseCheck, authority.clockCheck, keyLog.publisher.check])

        var publicServer = configuration.server
        publicServer.onListening = { logger.info("ready", metadata: ["issuer": "\(issuerName.text)"]) }
        let server = try HTTPServer(
            configuration: publicServer, router: router, metrics: metrics, logger: logger)
        self.server = server
        let socket = try SocketServer(
            path: configuration.socketPath,
            router: AdminRoutes(
                authority: authority, keyLog: keyLog.publisher, metrics: metrics, log: AdminLog(logger: logger)
            ).router(),
            shutdownDuration: configuration.server.shutdownDuration, logger: logger)
        services = try [
            Housekeeping(authority: authority, logger: logger),
            Rotation(authority: authority, logger: logger),
            LogPublishing(
                publisher: keyLog.publisher, growth: authority.growth, transport: transport, logger: logger,
                factory: metrics),
            HeadService(heads: heads, growth: authority.growth, logger: logger),
            socket,
        ]
            + Self.metricsServer(metrics, configuration, logger) + [ServerAfterSocket(socket: socket, server: server)]
        self.authority = authority
        shutdownDuration = configuration.server.shutdownDuration
    }

    /// The services in the order in which to start them.
    package let services: [any Service]

    /// The port of the public server, once it listens; throws what ``run()`` throws if it never does.
    package var port: Int { get async throws { try await server.port } }

    /// Serves until SIGTERM, SIGINT or a failure, then closes the database.
    package func run(logger: Logger) async throws {
        defer { try? authority.close() }
        try await ServerProcess.run(services, shutdownDuration: shutdownDuration, logger: logger)
    }

    private static func log(
        _ log: LogName, _ authority: Authority, _ configuration: LogWitnessConfiguration, _ transport: HTTPTransport,
        sign: @escaping @Sendable (Checkpoint) -> SignedNote
    ) throws -> (publisher: LogPublisher, key: NoteVerificationKey) {
        guard let key = try authority.database.settings().verificationKey(of: log.stored) else {
            throw AuthorityError.keysMissing
        }
        guard let witnesses = LogWitnesses(configuration, logKey: key, transport: transport, time: authority.time)
        else { throw AuthorityError.witnessPolicy }
        return (LogPublisher(log, authority: authority, logKey: key, witnesses: witnesses, sign: sign), key)
    }

    private static func metricsServer(
        _ metrics: PrometheusMetrics, _ configuration: AuthorityConfiguration, _ logger: Logger
    ) throws -> [any Service] {
        guard let address = configuration.metricsAddress else { return [] }
        guard address.isLoopback else { throw AuthorityError.metricsBeyondLoopback }
        return [try HTTPServer.ofMetrics(metrics, at: address, logger: logger)]
    }
}

/// The public server, which says that it listens only when admin commands reach it too.
private struct ServerAfterSocket: Service {
    let socket: SocketServer
    let server: HTTPServer

    func run() async throws {
        try await socket.waitUntilListening()
        try await server.run()
    }
}
