internal import ClearingStore
internal import Hummingbird
internal import HummingbirdPrivacyPass
internal import KeySchedule
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport
internal import ServerSupport
internal import Sessions
internal import SignIn

/// The sessions that a clearing server opens, at `/sessions`.
enum ClearingSessions {
    /// The paths that web pages may call.
    static let crossOrigin: Set<String> = ["/sessions"]

    /// Adds its routes; its keys are in the server's own set.
    static func add(_ sessions: SessionService, to router: Router<ServerContext>) {
        router.post("/sessions") { request, _ in try await described { try await sessions.open(request) } }
        router.delete("/sessions") { request, _ in try await described { try await sessions.close(request) } }
        router.get(RouterPath(ClosedSessionList.path)) { _, _ in
            try await described { try await sessions.closedSessions() }
        }
    }

    /// In the words of this server's other routes.
    private static func described(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let refusal as SessionRefusal { throw refusal.problem }
    }

    /// The service, or `nil` where no capability opens sessions. Throws ``ClearingServerError`` for an origin's name
    /// that is no audience.
    static func service(
        key: SessionKey, redeemer: Redeemer, accepting capabilities: Set<Capability>, life: Int64, origin: ServerName,
        servers: [ServerName]
    ) throws -> SessionService? {
        guard !capabilities.isEmpty else { return nil }
        guard let audience = Audience(origin.text) else { throw ClearingServerError.originTooLong }
        let spender = PrivacyPassOrigin(
            verifier: redeemer.database.state, policy: { redeemer.challenger.policy },
            ledger: CountedLedger(redeemer: redeemer), time: redeemer.time, pool: redeemer.pool)
        return SessionService(
            spender, audience: audience, key: key, accepting: capabilities, life: life, closed: redeemer.database,
            servers: [origin] + servers)
    }
}

/// The server's ledger, with its counts and what the admin is told of failures.
private struct CountedLedger: SpendLedger {
    let redeemer: Redeemer

    func spend(_ spends: [Spend]) async throws -> [SpendOutcome] {
        do {
            let outcomes = try await redeemer.database.ledger.spend(spends)
            for outcome in outcomes { redeemer.metrics.count(outcome) }
            return outcomes
        } catch let error as StoreError {
            redeemer.failures.note(error)
            throw error
        }
    }
}
