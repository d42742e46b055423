internal import GRDB
internal import KeySchedule
public import PortesVerifier
internal import Revocation
internal import SQLiteSupport
internal import Synchronization

/// The ledger of an app's backend in SQLite: every answer is on the disk before it is given, and callers that wait are
/// committed together. Made by ``SQLiteOriginStore/ledger(of:audience:time:)``.
public final class SQLiteOriginLedger: SpendLedger {
    private let store: SQLiteStore
    private let state: VerifierState
    private let audience: String
    private let time: any TimeSource

    private let waiting = Mutex(0)
    private let forgot = Mutex<Duration?>(nil)

    /// How many tokens may wait for the disk before more are turned away: 10,000.
    public static let waitingLimit = 10_000
    private static let portion = 5_000
    private static let forgetInterval: Duration = .seconds(3_600)
    /// How old a signed head may be for the calendar to be trusted with what cannot be undone.
    private static let clockEvidence: Duration = .seconds(120)

    init(store: SQLiteStore, state: VerifierState, audience: String, time: any TimeSource) {
        self.store = store
        self.state = state
        self.audience = audience
        self.time = time
    }

    /// Spends tokens. Throws ``SQLiteOriginStore/StorageError``, after which any of them may have been spent, unless it
    /// was because ``waitingLimit`` of them wait.
    public func spend(_ spends: [Spend]) async throws -> [SpendOutcome] {
        let prepared = spends.map { PreparedSpend($0, audience: audience) }
        try enter(prepared.count)
        defer { waiting.withLock { $0 -= prepared.count } }
        // A spend does not fail for it: what was not forgotten is a row too many.
        if isTimeToForget() { _ = try? await forgetEndedKeys() }
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

    private func enter(_ count: Int) throws {
        try waiting.withLock { waiting in
            guard waiting + count <= Self.waitingLimit else {
                throw SQLiteOriginStore.StorageError("too many tokens wait to be spent", isTemporary: true)
            }
            waiting += count
        }
    }

    private func isTimeToForget() -> Bool {
        let now = time.now().monotonic
        return forgot.withLock { forgot in
            guard let last = forgot, now - last < Self.forgetInterval else {
                forgot = now
                return true
            }
            return false
        }
    }

    private func settle(_ prepared: [PreparedSpend]) async throws -> [SpendOutcome] {
        let settled = try await store.write { [state, time] db in
            var rows = OriginRows(db, prepared)
            let (verifier, now) = (state.verifier, time.now())
            return try prepared.map { try $0.settle(in: &rows, verifier: verifier, at: now) }
        }
        if settled.allSatisfy(\.isDecided) { return settled.map(\.outcome) }
        return await ComputeQueue.run { settled.map(\.outcome) }
    }

    /// Forgets what was spent under keys whose acceptance ended more than 24 hours ago; their tokens are refused for
    /// ever. Answers how many keys. Spends see to it themselves, once an hour.
    ///
    /// Does nothing unless the calendar agrees with the monotonic clock and with a head of the revocation list that was
    /// fetched in the last two minutes: no calendar that jumps forgets too early. Throws
    /// ``SQLiteOriginStore/StorageError``.
    @discardableResult
    public func forgetEndedKeys() async throws -> Int {
        do {
            let count = try await closeEndedKeys()
            // In portions, between which tokens are spent.
            while try await forgetPortion() {}
            return count
        } catch {
            throw SQLiteOriginStore.StorageError(error)
        }
    }

    /// Marks keys that are over, for good: from here on what was spent under them is not needed.
    private func closeEndedKeys() async throws -> Int {
        try await store.write { [state, time] db in
            let now = time.now()
            guard state.verifier.freshness.isFresh(at: now, limit: Self.clockEvidence) else { return 0 }
            let limit = now.wall.adding(seconds: -Verifier.replayTime).seconds
            try db.execute(
                sql: "UPDATE spent_key SET is_over = 1 WHERE is_over = 0 AND accept_until <= ?", arguments: [limit])
            return db.changesCount
        }
    }

    /// Removes some of what was spent under keys that are over; whether there may be more.
    private func forgetPortion() async throws -> Bool {
        try await store.write { db in
            try db.execute(
                sql: """
                    DELETE FROM spent WHERE (key_id, nullifier) IN (
                        SELECT key_id, nullifier FROM spent
                        WHERE key_id IN (SELECT key_id FROM spent_key WHERE is_over = 1) LIMIT \(Self.portion))
                    """)
            return db.changesCount == Self.portion
        }
    }
}
