internal import ClearingStore
internal import HummingbirdPrivacyPass
internal import KeySchedule
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport
internal import ServerSupport

/// Verifies tokens, spends them and signs receipts: what all routes have in common.
struct Redeemer: Sendable {
    let database: ClearingDatabase
    let challenger: Challenger
    let signer: ReceiptSigner
    let pool: ComputePool
    let metrics: ClearingMetrics
    let failures: StoreFailureLog
    let time: any TimeSource

    /// How many tokens one thread takes at a time: some 7 ms.
    private static let chunk = 64
    private static let receiptChunk = 256

    /// Redeems tokens and answers for each, in order.
    ///
    /// Throws ``HTTPProblem`` 503 if no keys were delivered yet, if too much waits, or if the disk does not take it.
    func redeem(_ presented: [Presented], withReceipts: Bool) async throws -> [Redemption] {
        guard let policy = challenger.policy else { throw HTTPProblem.notReady }
        let now = time.now()
        let (verifier, accepted) = (database.state.verifier, policy.acceptedChallenges(at: now))
        let checked = try await pool.map(presented, chunk: Self.chunk) { item in
            Result { () throws(VerificationFailure) in
                try verifier.verify(
                    item.token.get(), for: accepted, at: now, answeringReplays: item.binding != nil)
            }
        }
        let outcomes = try await spend(zip(checked, presented).compactMap { token, item in
            (try? token.get()).map { Spend($0, binding: item.binding) }
        })
        var next = outcomes.makeIterator()
        let settled = checked.map { token in
            switch token {
            case .success(let token): Settled(capability: token.capability, outcome: next.next() ?? .alreadySpent)
            case .failure(let failure): Settled(capability: nil, outcome: .refused(failure))
            }
        }
        for one in settled { metrics.count(one.outcome) }
        guard withReceipts else { return settled.map { $0.redemption(signer: nil) } }
        // The tokens are spent: from here on nothing may keep the answer back, however much waits.
        var answers: [Redemption] = []
        for start in stride(from: 0, to: settled.count, by: Self.receiptChunk) {
            let part = settled[start..<min(start + Self.receiptChunk, settled.count)]
            answers += await pool.complete { [signer] in part.map { $0.redemption(signer: signer) } }
        }
        return answers
    }

    private func spend(_ spends: [Spend]) async throws -> [SpendOutcome] {
        guard !spends.isEmpty else { return [] }
        do {
            return try await database.ledger.spend(spends)
        } catch ClearingStoreError.overloaded {
            throw HTTPProblem.overloaded
        } catch let error as StoreError {
            failures.note(error)
            throw error.isTemporary ? HTTPProblem.storageUnavailable : .internalError
        }
    }
}

/// A token's outcome before its receipt is signed.
private struct Settled: Sendable {
    let capability: Capability?
    let outcome: SpendOutcome

    func redemption(signer: ReceiptSigner?) -> Redemption {
        switch (outcome, capability) {
        case (.spent(let receipt), let capability?):
            .spent(capability, receipt: signer?.sign(receipt), isReplay: false)
        case (.replayed(let receipt), let capability?):
            .spent(capability, receipt: signer?.sign(receipt), isReplay: true)
        case (.refused(let failure), _): .refused(failure)
        default: .alreadySpent
        }
    }
}

extension ComputePool {
    /// `transform` of each item, in order, computed on several threads if there are many.
    fileprivate func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], chunk: Int, _ transform: @escaping @Sendable (Item) -> Value
    ) async throws -> [Value] {
        if items.count <= chunk { return try await run { items.map(transform) } }
        return try await withThrowingTaskGroup(of: (Int, [Value]).self) { group in
            for start in stride(from: 0, to: items.count, by: chunk) {
                let part = items[start..<min(start + chunk, items.count)]
                group.addTask { (start, try await self.run { part.map(transform) }) }
            }
            var parts: [(Int, [Value])] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}
