import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Receipts
import Revocation
import Testing
import VerifierSupport

@Suite struct SpendLedgerTests {
    private let time = ManualTime()
    private let mint: Mint
    private let challenge: TokenChallenge
    private let state: VerifierState
    private let ledger: MemorySpendLedger

    init() throws {
        mint = try Mint()
        challenge = try Sample.challenge()
        state = VerifierState(try time.verifier(mint))
        ledger = MemorySpendLedger(state: state, audience: "origin.example", time: time)
    }

    private func verified(_ token: Token? = nil) throws -> VerifiedToken {
        let token = try token ?? mint.token(for: challenge)
        return try state.verifier.verify(token, for: challenge, at: time.now(), answeringReplays: true)
    }

    @Test func aTokenIsSpentOnce() async throws {
        let token = try verified()
        let outcomes = try await ledger.spend([Spend(token)]) + ledger.spend([Spend(token)])
        guard case .spent(let receipt)? = outcomes.first else { return #expect(Bool(false)) }
        #expect(receipt.keyID == mint.record.id)
        #expect(receipt.nullifier == token.nullifier)
        #expect(receipt.audience == "origin.example")
        #expect(outcomes.last == .alreadySpent)
    }

    @Test func theSameBindingGetsTheSameReceiptAndAnotherBindingGetsNone() async throws {
        let token = try verified()
        let binding = SpendBinding.random()
        guard case .spent(let first)? = try await ledger.spend([Spend(token, binding: binding)]).first else {
            return #expect(Bool(false))
        }
        let others = try await ledger.spend([
            Spend(token, binding: binding), Spend(token, binding: .random()), Spend(token),
        ])
        #expect(others == [.replayed(first), .alreadySpent, .alreadySpent])
        #expect(first.bindingDigest == SHA256.hash(binding.bytes))
    }

    @Test func oneTokenTwiceInOneCallIsSpentOnce() async throws {
        let (token, other) = (try verified(), try verified())
        let binding = SpendBinding.random()
        let outcomes = try await ledger.spend([
            Spend(token), Spend(token), Spend(other, binding: binding), Spend(other, binding: binding),
        ])
        guard case .spent = outcomes[0], case .spent(let receipt) = outcomes[2] else { return #expect(Bool(false)) }
        #expect(outcomes[1] == .alreadySpent)
        #expect(outcomes[3] == .replayed(receipt))
    }

    @Test func ofManyConcurrentCallersExactlyOneSpends() async throws {
        let token = try verified()
        let spent = try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask { try await ledger.spend([Spend(token)]) }
            }
            return try await group.reduce(into: 0) { count, outcomes in
                if case .spent? = outcomes.first { count += 1 }
            }
        }
        #expect(spent == 1)
    }

    @Test func whatWasRevokedOrEndedSinceItWasVerifiedIsRefused() async throws {
        let token = try verified()
        let revoking = try time.verifier(mint, revoking: [.token(token.nullifier, token.keyID)])
        state.update { _ in revoking }
        #expect(try await ledger.spend([Spend(token)]) == [.refused(.tokenRevoked)])

        let gone = try time.verifier()
        state.update { _ in gone }
        #expect(try await ledger.spend([Spend(token)]) == [.refused(.unknownKey)])
    }

    @Test func aPausedCallerDoesNotSpendUnderAKeyThatHasEnded() async throws {
        let token = try verified()
        time.advance(seconds: 7_200)
        let later = try time.verifier(mint)
        state.update { _ in later }
        #expect(try await ledger.spend([Spend(token)]) == [.refused(.keyNoLongerAccepted)])
        // Nor if the calendar is set back meanwhile.
        time.move(wall: -7_000, monotonic: 0)
        let back = try time.verifier(mint)
        state.update { _ in back }
        #expect(try await ledger.spend([Spend(token)]) == [.refused(.keyNoLongerAccepted)])
    }

    @Test func aStaleListRefusesSpends() async throws {
        let token = try verified()
        time.advance(seconds: 3_601)
        #expect(try await ledger.spend([Spend(token)]) == [.refused(.revocationListStale)])
    }

    @Test func aReplayIsStillAnsweredAfterTheKeysEnd() async throws {
        let (token, unspent) = (try mint.token(for: challenge), try mint.token(for: challenge))
        let binding = SpendBinding.random()
        guard case .spent(let receipt)? = try await ledger.spend([Spend(verified(token), binding: binding)]).first
        else { return #expect(Bool(false)) }
        time.advance(seconds: 7_200)
        let later = try time.verifier(mint)
        state.update { _ in later }
        let outcomes = try await ledger.spend([
            Spend(verified(token), binding: binding), Spend(verified(token), binding: .random()),
            Spend(verified(unspent), binding: binding),
        ])
        #expect(outcomes == [.replayed(receipt), .refused(.keyNoLongerAccepted), .refused(.keyNoLongerAccepted)])
    }

    @Test func aRetryOfOnesOwnAttemptCountsAsSpent() throws {
        let prepared = PreparedSpend(Spend(try verified()), audience: "origin.example")
        var rows = OneRow()
        for _ in 0..<2 {
            let outcome = try prepared.settle(in: &rows, verifier: state.verifier, at: time.now()).outcome
            #expect(outcome == .spent(prepared.receipt))
        }
    }

    @Test func bindingsHaveSixteenTo256Bytes() {
        #expect(SpendBinding([UInt8](repeating: 0, count: 15)) == nil)
        #expect(SpendBinding([UInt8](repeating: 0, count: 16)) != nil)
        #expect(SpendBinding([UInt8](repeating: 0, count: 256)) != nil)
        #expect(SpendBinding([UInt8](repeating: 0, count: 257)) == nil)
    }
}

private struct OneRow: SpendRows {
    private var row: (Nullifier, Bytes32)?

    func refusal(of keyID: TokenKeyID) -> VerificationFailure? { nil }

    mutating func insert(_ nullifier: Nullifier, digest: Bytes32, keyID: TokenKeyID) -> Bytes32? {
        if let row, row.0 == nullifier { return row.1 }
        row = (nullifier, digest)
        return nil
    }

    func digest(of nullifier: Nullifier, keyID: TokenKeyID) -> Bytes32? { row?.1 }
}
