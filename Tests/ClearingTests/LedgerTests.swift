import ClearingStore
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import SQLiteSupport
import TestSupport
import Testing

@Suite struct LedgerTests {
    private let fixture: StoreFixture
    private let mint: TestMint

    init() async throws {
        fixture = try StoreFixture()
        mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
    }

    @Test func ofManyConcurrentCallersExactlyOneSpends() async throws {
        let token = try fixture.verified(mint.token(for: fixture.challenge))
        let ledger = fixture.database.ledger
        let outcomes = try await withThrowingTaskGroup { group in
            for _ in 0..<64 { group.addTask { try await ledger.spend([Spend(token)]) } }
            return try await group.reduce(into: [SpendOutcome]()) { $0 += $1 }
        }
        #expect(outcomes.count { if case .spent = $0 { true } else { false } } == 1)
        #expect(outcomes.count { $0 == .alreadySpent } == 63)
    }

    @Test func whatWasSpentStaysSpentAcrossARestart() async throws {
        let token = try mint.token(for: fixture.challenge)
        let binding = SpendBinding.random()
        guard case .spent(let receipt)? = try await fixture.spend(token, binding: binding) else {
            return #expect(Bool(false))
        }
        try fixture.close()
        try fixture.reopen()
        // Keys are there at once, revocations only count once a head was fetched again.
        #expect(throws: VerificationFailure.revocationListStale) { try fixture.verified(token) }
        try await fixture.fetchRevocations()
        #expect(try await fixture.spend(token, binding: binding) == .replayed(receipt))
        #expect(try await fixture.spend(token) == .alreadySpent)
        #expect(try await fixture.spend(token, binding: .random()) == .alreadySpent)
    }

    @Test func aTokenTwiceInOneCallIsSpentOnce() async throws {
        let token = try fixture.verified(mint.token(for: fixture.challenge))
        let binding = SpendBinding.random()
        let outcomes = try await fixture.database.ledger.spend([
            Spend(token, binding: binding), Spend(token, binding: binding), Spend(token),
        ])
        guard case .spent(let receipt)? = outcomes.first else { return #expect(Bool(false)) }
        #expect(outcomes.dropFirst() == [.replayed(receipt), .alreadySpent])
    }

    @Test func aRevocationBetweenVerificationAndSpendingIsRespected() async throws {
        let token = try mint.token(for: fixture.challenge)
        let verified = try fixture.verified(token)
        fixture.authority.revoke(.token(verified.nullifier, verified.keyID))
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.ledger.spend([Spend(verified)]) == [.refused(.tokenRevoked)])
    }

    @Test func theLedgerEndsInATombstoneADayAfterItsKey() async throws {
        let (spent, late) = (try mint.token(for: fixture.challenge), try mint.token(for: fixture.challenge))
        let binding = SpendBinding.random()
        let lateToken = try fixture.verified(late)
        guard case .spent(let receipt)? = try await fixture.spend(spent, binding: binding) else {
            return #expect(Bool(false))
        }
        fixture.time.advance(seconds: 7_200 + 24 * 3_600 - 1)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        #expect(try await fixture.spend(spent, binding: binding) == .replayed(receipt))
        let verified = try fixture.verified(spent)

        fixture.time.advance(seconds: 1)
        try await fixture.fetchRevocations()
        // Only on recent evidence of the time: a signed head of at most two minutes.
        fixture.time.advance(seconds: 121)
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 1)
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        let path = fixture.temporary.path + "/clearing.sqlite"
        let counts = try await DatabaseQueue(path: path).read {
            try Int.fetchAll($0, sql: "SELECT final_count FROM ledger")
        }
        #expect(counts == [1])
        let outcomes = try await fixture.database.ledger.spend([Spend(verified, binding: binding), Spend(lateToken)])
        #expect(outcomes == [.refused(.keyNoLongerAccepted), .refused(.keyNoLongerAccepted)])
    }

    @Test func noCalendarThatJumpsRemovesALedger() async throws {
        let token = try fixture.verified(mint.token(for: fixture.challenge))
        _ = try await fixture.database.ledger.spend([Spend(token)])
        // Only the calendar jumps; the authority's heads tell another time.
        let headTime = fixture.time.now().wall
        fixture.time.move(wall: 7_200 + 25 * 3_600, monotonic: 1)
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        let page = try fixture.authority.page(after: 0, at: headTime.adding(seconds: 1))
        let outcome = try await fixture.database.take(
            revocations: page.entries, signedHead: page.signedHead, fetchedAt: fixture.time.now())
        #expect(outcome == .clocksDiffer)
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        // Back in time, the token is still known as spent.
        fixture.time.move(wall: -(7_200 + 25 * 3_600) + 2, monotonic: 1)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.ledger.spend([Spend(token)]) == [.alreadySpent])
    }

    @Test func aKeyThatIsDeliveredAgainAfterItsTombstoneStaysClosed() async throws {
        let token = try mint.token(for: fixture.challenge)
        _ = try await fixture.spend(token)
        fixture.time.advance(seconds: 7_200 + 24 * 3_600)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 1)

        fixture.authority.deliver(mint, record: try mint.record(acceptedFor: 1_000_000), to: fixture.identity)
        try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        #expect(try await fixture.spend(token) == .refused(.keyNoLongerAccepted))
    }

    @Test func theDatabaseHoldsNeitherTokensNorBindings() async throws {
        let token = try mint.token(for: fixture.challenge)
        let binding = SpendBinding.random()
        _ = try await fixture.spend(token, binding: binding)
        try fixture.close()
        let path = fixture.temporary.path + "/clearing.sqlite"
        let columns = try await DatabaseQueue(path: path).read { try $0.columns(in: "spent_1").map(\.name) }
        #expect(columns == ["nullifier", "binding"])
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.range(of: Data(Nullifier(of: token.input).bytes)) != nil)
        let secrets = [
            Array(token.authenticator.prefix(16)), Array(token.input.nonce.bytes.bytes.prefix(16)),
            Array(binding.bytes.prefix(16)), Array(SHA256.hash(binding.bytes).bytes.prefix(16)),
        ]
        for secret in secrets { #expect(bytes.range(of: Data(secret)) == nil) }
    }
}
