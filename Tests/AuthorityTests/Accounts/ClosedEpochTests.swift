import Attestation
@testable import AuthorityStore
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import SQLiteSupport
import Testing

/// Once what was charged under a key is forgotten, nothing is charged under it any more.
struct ClosedEpochTests {
    private let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func aClockThatGoesBackChargesNothingIntoAClosedEpoch() async throws {
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.voucher, .account], quota: 10)])
        let account = Ed25519.PrivateKey().publicKey
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
        let (key, voucher, request) = try (fixture.key(), fixture.voucher(), RequestHash.random())
        for payer in [.voucher(voucher), .account(account)] as [Charge.Payer] {
            let charge = Charge(payer: payer, request: .random(), count: 10, keyID: key.id)
            #expect(try await fixture.database.charge(charge) == .charged)
        }
        // The calendar jumps ahead, everything of the key is forgotten, and the calendar comes back.
        let jump: Int64 = 10 * 86_400
        fixture.time.setCalendar(forwardBy: jump)
        _ = try await fixture.database.purgeKeys(endedBefore: fixture.time.now().wall.adding(seconds: -86_400))
        fixture.time.setCalendar(forwardBy: -jump)
        #expect(try count("request") == 0 && count("drawn") == 0 && count("account_draw") == 0)
        for payer in [.voucher(voucher), .account(account), .nobody] as [Charge.Payer] {
            let charge = Charge(payer: payer, request: request, count: 1, keyID: key.id)
            #expect(try await fixture.database.charge(charge) == .refused(.keyNotIssuing))
        }
    }

    @Test func anEpochIsClosedBeforeTheFirstRequestOfItIsForgotten() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 5_000))
        for _ in 0..<1_500 {
            let charge = Charge(payer: .voucher(voucher), request: .random(), count: 1, keyID: key.id)
            #expect(try await fixture.database.charge(charge) == .charged)
        }
        let end = key.acceptUntil.adding(seconds: 1)
        async let purged = fixture.database.purgeKeys(endedBefore: end)
        while try count("request") == 1_500 { await Task.yield() }
        let charge = Charge(payer: .voucher(voucher), request: .random(), count: 1, keyID: key.id)
        #expect(try await fixture.database.charge(charge) == .refused(.keyNotIssuing))
        #expect(try await purged == [key.id])
    }

    @Test func whatWasDrawnIsKeptUntilADayAfterTheKeysAcceptance() async throws {
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.account], quota: 10)])
        let account = Ed25519.PrivateKey().publicKey
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
        let key = try fixture.key()
        let charge = Charge(payer: .account(account), request: .random(), count: 1, keyID: key.id)
        #expect(try await fixture.database.charge(charge) == .charged)
        _ = try await fixture.database.purgeKeys(endedBefore: key.acceptUntil)
        #expect(try count("request") == 1 && count("account_draw") == 1)
        _ = try await fixture.database.purgeKeys(endedBefore: key.acceptUntil.adding(seconds: 1))
        #expect(try count("request") == 0 && count("account_draw") == 0)
    }

    private func count(_ table: String) throws -> Int {
        try fixture.database.store.readBlocking { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
