public import KeySchedule
internal import LibSodium
internal import PrivacyPass
internal import Synchronization

/// A ledger in memory, for tests and for a process's own fresh contexts: a restart forgets what was spent.
public final class MemorySpendLedger: SpendLedger {
    private let state: VerifierState
    private let audience: String
    private let time: any TimeSource
    private let rows = Mutex(Rows())

    /// An empty ledger of the origin `audience`, which asks `state` again before each spend.
    public init(state: VerifierState, audience: String, time: any TimeSource = SystemTimeSource()) {
        self.state = state
        self.audience = audience
        self.time = time
    }

    /// Spends tokens; never throws.
    public func spend(_ spends: [Spend]) async throws -> [SpendOutcome] { try spendAtOnce(spends) }

    /// The same for callers that do not wait: there is nothing to wait for.
    package func spendAtOnce(_ spends: [Spend]) throws -> [SpendOutcome] {
        let prepared = spends.map { PreparedSpend($0, audience: audience) }
        return try rows.withLock { rows in
            let (verifier, now) = (state.verifier, time.now())
            return try prepared.map { try $0.settle(in: &rows, verifier: verifier, at: now) }
        }
        .map(\.outcome)
    }

    private struct Rows: SpendRows {
        private var digests: [TokenKeyID: [Nullifier: Bytes32]] = [:]

        func refusal(of keyID: TokenKeyID) -> VerificationFailure? { nil }

        mutating func insert(_ nullifier: Nullifier, digest: Bytes32, keyID: TokenKeyID) -> Bytes32? {
            if let found = digests[keyID]?[nullifier] { return found }
            digests[keyID, default: [:]][nullifier] = digest
            return nil
        }

        func digest(of nullifier: Nullifier, keyID: TokenKeyID) -> Bytes32? { digests[keyID]?[nullifier] }
    }
}
