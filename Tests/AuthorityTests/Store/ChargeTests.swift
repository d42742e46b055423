import Attestation
@testable import AuthorityStore
import Foundation
import GRDB
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import TestSupport
import Testing

struct ChargeTests {
    let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func aRequestIsChargedAndCounted() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 100))
        #expect(try await charge(voucher, key, count: 30) == .charged)
        #expect(try await charge(voucher, key, count: 70) == .charged)
        #expect(try await charge(voucher, key, count: 1) == .refused(.exhausted))
        #expect(try fixture.remaining(voucher) == 0)
        #expect(try fixture.issued(key) == 100)
    }

    @Test func nothingOfARevokedCapabilityIsChargedFromItsDayOn() async throws {
        let (key, voucher) = try (fixture.key(issuing: 900_000, accepting: 990_000), fixture.voucher())
        let day = fixture.time.now().wall.startOfDay.adding(seconds: 86_400)
        _ = try fixture.database.revoke(.capability(.session), reason: .withdrawn, from: day)
        fixture.time.advance(day.seconds(since: fixture.time.now().wall) - 1)
        #expect(try await charge(voucher, key) == .charged)
        fixture.time.advance(1)
        #expect(try await charge(voucher, key) == .refused(.capabilityRevoked))
        #expect(try fixture.issued(key) == 1 && fixture.remaining(voucher) == 99)
    }

    @Test func aRepeatedRequestIsNotChargedAgain() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 10))
        let request = RequestHash.random()
        #expect(try await charge(voucher, key, request, count: 10) == .charged)
        #expect(try await charge(voucher, key, request, count: 10) == .repeated(key.id))
        #expect(try fixture.remaining(voucher) == 0)
        #expect(try fixture.issued(key) == 10)
    }

    @Test func aRepeatedRequestIsKnownUnderItsOwnKeyAfterARotation() async throws {
        let (old, voucher) = try (fixture.key(), fixture.voucher())
        let request = RequestHash.random()
        #expect(try await charge(voucher, old, request) == .charged)
        let new = try fixture.key(replacing: old.id)
        #expect(try await charge(voucher, new, request) == .repeated(old.id))
        fixture.time.advance(KeyRecord.issuingLeeway)
        #expect(try await charge(voucher, old) == .refused(.keyNotIssuing))
        #expect(try await charge(voucher, new) == .charged)
    }

    @Test func sixtyFourConcurrentRepetitionsAreChargedOnce() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 100))
        let request = RequestHash.random()
        let outcomes = try await withThrowingTaskGroup { group in
            for _ in 0..<64 { group.addTask { try await charge(voucher, key, request, count: 60) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .charged }.count == 1)
        #expect(outcomes.filter { $0 == .repeated(key.id) }.count == 63)
        #expect(try fixture.remaining(voucher) == 40)
        #expect(try fixture.issued(key) == 60)
    }

    @Test func concurrentRequestsNeverTakeMoreThanTheVoucherIsWorth() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 100))
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(seed: seed)
        let counts = (0..<200).map { _ in Int.random(in: 1...9, using: &generator) }
        let charged = try await withThrowingTaskGroup { group in
            for count in counts {
                group.addTask { try await charge(voucher, key, count: count) == .charged ? count : 0 }
            }
            return try await group.reduce(0, +)
        }
        #expect(charged <= 100, "seed \(seed)")
        #expect(try fixture.remaining(voucher) == Int64(100 - charged), "seed \(seed)")
        #expect(try fixture.issued(key) == Int64(charged), "seed \(seed)")
    }

    @Test func whatIsRefusedLeavesNoTrace() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(.play))
        let request = RequestHash.random()
        #expect(try await charge(voucher, key, request) == .refused(.wrongCapability))
        #expect(try await charge(VoucherCode().hash, key, request) == .refused(.unknownVoucher))
        #expect(try fixture.issued(key) == 0)
        let right = try fixture.voucher()
        #expect(try await charge(right, key, request) == .charged)
    }

    @Test func whatIsRefusedWritesNothingToTheDisk() async throws {
        let (key, voucher, other) = try (fixture.key(), fixture.voucher(tokens: 1), fixture.voucher(.play))
        let journal = fixture.path + "/authority.sqlite-wal"
        let before = try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int
        for _ in 0..<50 {
            #expect(try await charge(VoucherCode().hash, key) == .refused(.unknownVoucher))
            #expect(try await charge(voucher, key, count: 2) == .refused(.exhausted))
            #expect(try await charge(other, key) == .refused(.wrongCapability))
        }
        #expect(try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int == before)
    }

    @Test func aRevokedVoucherLooksLikeAnUnknownOne() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        try fixture.database.revokeVoucher(voucher.id)
        #expect(try await charge(voucher, key) == .refused(.unknownVoucher))
        #expect(throws: VoucherLookupError.unknown) { try fixture.database.revokeVoucher(VoucherCode().hash.id) }
    }

    @Test func onlyAKeyThatIssuesNowIsCharged() async throws {
        let voucher = try fixture.voucher()
        let leeway = KeyRecord.issuingLeeway
        #expect(leeway < 60)
        let key = try fixture.key(startsIn: leeway + 1, issuing: 100, accepting: 200)
        #expect(try await charge(voucher, key) == .refused(.keyNotIssuing))
        fixture.time.advance(1)
        #expect(try await charge(voucher, key) == .charged)
        fixture.time.advance(leeway + 100 + leeway - 1)
        #expect(try await charge(voucher, key) == .charged)
        fixture.time.advance(1)
        #expect(try await charge(voucher, key) == .refused(.keyNotIssuing))
    }

    @Test func requestsOnTheirWayAreTakenNoLongerThanTokensAreAccepted() async throws {
        let voucher = try fixture.voucher()
        let key = try fixture.key(issuing: 100, accepting: 101)
        fixture.time.advance(100)
        #expect(try await charge(voucher, key) == .charged)
        fixture.time.advance(1)
        #expect(try await charge(voucher, key) == .refused(.keyNotIssuing))
    }

    @Test func aVoucherDrawsUnderOneKeyNoMoreThanItsQuota() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 100))
        fixture.database.setLimits([.session: IssuanceLimits(quota: 10)])
        #expect(try await charge(voucher, key, count: 11) == .refused(.quotaExceeded))
        #expect(try await charge(voucher, key, count: 10) == .charged)
        #expect(try await charge(voucher, key) == .refused(.quotaExceeded))
        // Another voucher, and another epoch, have quotas of their own.
        #expect(try await charge(fixture.voucher(), key, count: 10) == .charged)
        let next = try fixture.key(replacing: key.id)
        #expect(try await charge(voucher, next, count: 10) == .charged)
        #expect(try fixture.remaining(voucher) == 80)
    }

    @Test func aKeyIssuesNoMoreThanItsCap() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 100))
        fixture.database.setLimits([.session: IssuanceLimits(tokensPerKey: 10)])
        #expect(try await charge(voucher, key, count: 9) == .charged)
        #expect(try await charge(voucher, key, count: 2) == .refused(.keyExhausted))
        #expect(try await charge(voucher, key, count: 1) == .charged)
        #expect(try await charge(voucher, key, count: 1) == .refused(.keyExhausted))
        #expect(try fixture.issued(key) == 10 && fixture.remaining(voucher) == 90)
    }

    @Test func whatWasDrawnUnderACompromisedKeyIsGivenBackOnce() async throws {
        let (key, other) = try (fixture.key(), fixture.key(.play))
        let (first, second, third) = try (fixture.voucher(), fixture.voucher(), fixture.voucher(.play))
        for count in [30, 5] { #expect(try await charge(first, key, count: count) == .charged) }
        #expect(try await charge(second, key, count: 100) == .charged)
        #expect(try await charge(third, other, count: 7) == .charged)
        #expect(try fixture.database.recredit(drawnUnder: key.id) == .init(vouchers: 2, tokens: 135))
        let outcome = try fixture.database.changeKeys([.revoked(key.id, .keyCompromised)])
        #expect(outcome.recredit == .init(vouchers: 2, tokens: 135) && outcome.revocation?.sequence == 1)
        #expect(try fixture.remaining(first) == 100 && fixture.remaining(second) == 100)
        #expect(try fixture.remaining(third) == 93)
        #expect(try await charge(first, key) == .refused(.keyNotIssuing))
        // Drawn again under the next key, and revoked again: what is given back is not given twice.
        let next = try fixture.key()
        #expect(try await charge(first, next, count: 10) == .charged)
        #expect(throws: KeyLogRefusal.violation(.keyIsOver)) {
            try fixture.database.changeKeys([.revoked(key.id, .keyCompromised)])
        }
        let again = try fixture.database.revokeAgain(key.id, reason: .keyCompromised)
        #expect(again.recredit.tokens == 0 && again.revocation == outcome.revocation)
        #expect(try fixture.remaining(first) == 90)
    }

    @Test func whatAWithdrawnKeyKeptIsGivenBackOnceItIsKnownToBeCompromised() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        #expect(try await charge(voucher, key, count: 10) == .charged)
        try fixture.database.changeKeys([.revoked(key.id, .withdrawn)])
        for tokens in [10, 0] as [Int64] {
            let outcome = try fixture.database.revokeAgain(key.id, reason: .keyCompromised)
            // The published reason stays.
            #expect(outcome.recredit.tokens == tokens && outcome.revocation?.reason == .withdrawn)
        }
        #expect(try fixture.remaining(voucher) == 100)
    }

    @Test(arguments: RevocationReason.allCases)
    func onlyWhereTokensWereLostWithoutTheirHoldersDoingIsAnythingGivenBack(reason: RevocationReason) async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        #expect(try await charge(voucher, key, count: 10) == .charged)
        let isGiven = [.keyCompromised, .ledgerLost, .authorityRestored].contains(reason)
        let outcome = try fixture.database.changeKeys([.revoked(key.id, reason)])
        #expect(outcome.recredit.tokens == (isGiven ? 10 : 0))
        #expect(try fixture.remaining(voucher) == (isGiven ? 100 : 90))
    }

    @Test func noMoreIsGivenBackThanWasDrawnUnderTheKey() async throws {
        let (old, voucher) = try (fixture.key(), fixture.voucher())
        #expect(try await charge(voucher, old, count: 20) == .charged)
        let new = try fixture.key(replacing: old.id)
        #expect(try await charge(voucher, new, count: 5) == .charged)
        try fixture.database.changeKeys([.revoked(new.id, .keyCompromised)])
        #expect(try fixture.remaining(voucher) == 80)
    }

    @Test func aRevocationThatCannotGiveBackDoesNotHappen() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        #expect(try await charge(voucher, key, count: 10) == .charged)
        let size = fixture.database.keyHistory.size
        try fixture.database.store.writeBlocking { db in
            try db.execute(
                sql: "CREATE TRIGGER no BEFORE UPDATE ON voucher BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        #expect(throws: (any Error).self) { try fixture.database.changeKeys([.revoked(key.id, .keyCompromised)]) }
        #expect(fixture.database.keyHistory.size == size)
        #expect(try fixture.database.revocations().entries.isEmpty)
        try fixture.database.store.writeBlocking { try $0.execute(sql: "DROP TRIGGER no") }
        #expect(try await charge(voucher, key) == .charged)
    }

    @Test func aRevokedKeyIsNotCharged() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        _ = try fixture.database.revoke(.key(key.id), reason: .keyCompromised)
        #expect(try await charge(voucher, key) == .refused(.keyNotIssuing))
        #expect(try fixture.remaining(voucher) == 100)
    }

    @Test func anOpenGateChargesNobody() async throws {
        let key = try fixture.key()
        let charge = Charge(payer: .nobody, request: .random(), count: 5, keyID: key.id)
        #expect(try await fixture.database.charge(charge) == .charged)
        #expect(try await fixture.database.charge(charge) == .repeated(key.id))
        #expect(try fixture.issued(key) == 5)
    }

    @Test func chargesSurviveAReopening() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 10))
        let request = RequestHash.random()
        #expect(try await charge(voucher, key, request, count: 3) == .charged)
        let copy = NSTemporaryDirectory() + "portes-" + UUID().uuidString
        // A copy of the files as they are now is what a killed process leaves behind.
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let reopened = try AuthorityDatabase(in: DataDirectory(path: copy, side: .authority), time: fixture.time)
        let again = Charge(payer: .voucher(voucher), request: request, count: 3, keyID: key.id)
        #expect(try await reopened.charge(again) == .repeated(key.id))
        #expect(try reopened.vouchers().first?.remaining == 7)
    }

    private func charge(
        _ voucher: VoucherHash, _ key: KeyRecord, _ request: RequestHash = .random(), count: Int = 1
    ) async throws -> ChargeOutcome {
        try await fixture.database.charge(
            Charge(payer: .voucher(voucher), request: request, count: count, keyID: key.id))
    }
}
