internal import KeySchedule
package import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport
internal import Synchronization

/// The ledger in SQLite: every answer is on the disk before it is given, and callers that wait are committed together.
package final class SQLiteSpendLedger: SpendLedger {
    /// How many tokens may wait for the disk before more are turned away.
    package static let waitingLimit = 10_000

    private let store: SQLiteStore
    private let state: VerifierState
    private let audience: String
    private let time: any TimeSource
    private let waiting = Mutex(0)

    /// The ledger of the origin `audience`, which asks `state` again in the transaction that spends.
    init(store: SQLiteStore, state: VerifierState, audience: String, time: any TimeSource) {
        self.store = store
        self.state = state
        self.audience = audience
        self.time = time
    }

    /// Spends tokens. Throws ``ClearingStoreError/overloaded`` before anything is done if too many wait, or
    /// ``StoreError``, after which any of the tokens may have been spent.
    package func spend(_ spends: [Spend]) async throws -> [SpendOutcome] {
        let prepared = spends.map { PreparedSpend($0, audience: audience) }
        try enter(prepared.count)
        defer { waiting.withLock { $0 -= prepared.count } }
        do {
            return try await settle(prepared)
        } catch StoreError.inputOutput {
            // The commit may have reached the disk all the same. The same bindings again tell.
            return try await settle(prepared)
        }
    }

    /// One attempt at spends, which may be repeated with the same values.
    func settle(_ prepared: [PreparedSpend]) async throws -> [SpendOutcome] {
        let settled = try await store.write { [state, time] db in
            var rows = SpentRows(db)
            let (verifier, now) = (state.verifier, time.now())
            return try prepared.map { try $0.settle(in: &rows, verifier: verifier, at: now) }
        }
        if settled.allSatisfy(\.isDecided) { return settled.map(\.outcome) }
        return await ComputeQueue.run { settled.map(\.outcome) }
    }

    private func enter(_ count: Int) throws {
        try waiting.withLock { waiting in
            guard waiting + count <= Self.waitingLimit else { throw ClearingStoreError.overloaded }
            waiting += count
        }
    }
}
