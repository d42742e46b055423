internal import GRDB
internal import KeySchedule
public import PortesVerifier
internal import Revocation
internal import SQLiteSupport

/// The ledger of an app's backend in SQLite: every answer is on the disk before it is given, and callers that wait are
/// committed together. Made by ``SQLiteOriginStore/ledger(of:audience:time:)``.
public final class SQLiteOriginLedger: SpendLedger {
    private let store: SQLiteStore
    private let state: VerifierState
    private let audience: String
    private let time: any TimeSource

    /// How old a signed head may be for the calendar to be trusted with what cannot be undone.
    private static let clockEvidence: Duration = .seconds(120)

    init(store: SQLiteStore, state: VerifierState, audience: String, time: any TimeSource) {
        self.store = store
        self.state = state
        self.audience = audience
        self.time = time
    }

    /// Spends tokens. Throws ``SQLiteOriginStore/StorageError``, after which any of them may have been spent.
    public func spend(_ spends: [Spend]) async throws -> [SpendOutcome] {
        let prepared = spends.map { PreparedSpend($0, audience: audience) }
        do {
            do {
                return try await settle(prepared)
            } catch StoreError.inputOutput {
                // The commit may have reached the disk all the same. The same bindings again tell.
                return try await settle(prepared)
            }
        } catch {
            throw SQLiteOriginStore.StorageError(error)
        }
    }

    private func settle(_ prepared: [PreparedSpend]) async throws -> [SpendOutcome] {
        try await store.write { [state, time] db in
            var rows = OriginRows(db, prepared)
            let (verifier, now) = (state.verifier, time.now())
            return try prepared.map { try $0.settle(in: &rows, verifier: verifier, at: now) }
        }
        .map(\.outcome)
    }

    /// Forgets what was spent under keys whose acceptance ended more than 24 hours ago; their tokens are refused for
    /// ever. Answers how many keys. To be called now and then, such as every hour.
    ///
    /// Does nothing unless the calendar agrees with the monotonic clock and with a head of the revocation list that was
    /// fetched in the last two minutes: no calendar that jumps forgets too early. Throws
    /// ``SQLiteOriginStore/StorageError``.
    @discardableResult
    public func forgetEndedKeys() async throws -> Int {
        do {
            return try await store.write { [state, time] db in
                let now = time.now()
                guard state.verifier.freshness.isFresh(at: now, limit: Self.clockEvidence) else { return 0 }
                let limit = now.wall.adding(seconds: -Verifier.replayTime).seconds
                try db.execute(
                    sql: "UPDATE spent_key SET is_over = 1 WHERE is_over = 0 AND accept_until <= ?", arguments: [limit])
                let count = db.changesCount
                if count > 0 {
                    try db.execute(
                        sql: "DELETE FROM spent WHERE key_id IN (SELECT key_id FROM spent_key WHERE is_over = 1)")
                }
                return count
            }
        } catch {
            throw SQLiteOriginStore.StorageError(error)
        }
    }
}
