import Attestation
@testable import AuthorityStore
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Testing

/// What accounts draw: a quota in each epoch, and the credit that statements gave.
struct AccountChargeTests {
    private let fixture: AuthorityFixture
    private let account = Ed25519.PrivateKey().publicKey

    init() throws { fixture = try AuthorityFixture() }

    private func limit(_ gates: Set<GateKind>, quota: Int64? = nil) {
        fixture.database.setLimits([.session: IssuanceLimits(gates: gates, quota: quota)])
    }

    private func open(_ account: Ed25519.PublicKey) async throws {
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
    }

    private func charge(
        _ payer: Charge.Payer, _ key: KeyRecord, _ request: RequestHash = .random(), count: Int = 1
    ) async throws -> ChargeOutcome {
        try await fixture.database.charge(Charge(payer: payer, request: request, count: count, keyID: key.id))
    }

    @Test func anAccountDrawsItsQuotaUnderEachKeyAndNoMore() async throws {
        limit([.account], quota: 10)
        try await open(account)
        let key = try fixture.key()
        #expect(try await charge(.account(account), key, count: 11) == .refused(.quotaExceeded))
        #expect(try await charge(.account(account), key, count: 10) == .charged)
        #expect(try await charge(.account(account), key) == .refused(.quotaExceeded))
        let next = try fixture.key(replacing: key.id)
        #expect(try await charge(.account(account), next, count: 10) == .charged)
        #expect(try fixture.issued(key) == 10)
    }

    @Test func aRepeatedRequestIsNotChargedAgain() async throws {
        limit([.account], quota: 10)
        try await open(account)
        let (key, request) = (try fixture.key(), RequestHash.random())
        #expect(try await charge(.account(account), key, request, count: 10) == .charged)
        #expect(try await charge(.account(account), key, request, count: 10) == .repeated(key.id))
        #expect(try fixture.issued(key) == 10)
    }

    @Test func sixtyFourConcurrentRequestsNeverDrawMoreThanTheQuota() async throws {
        limit([.account], quota: 40)
        try await open(account)
        let key = try fixture.key()
        let charged = try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask { try await charge(.account(account), key) == .charged ? 1 : 0 }
            }
            return try await group.reduce(0, +)
        }
        #expect(charged == 40)
    }

    @Test func aGateThatIsClosedRefusesWhoeverComes() async throws {
        try await open(account)
        let (key, voucher) = try (fixture.key(), fixture.voucher())
        limit([.account], quota: 10)
        #expect(try await charge(.voucher(voucher), key) == .refused(.gateRefused))
        limit([.voucher])
        #expect(try await charge(.account(account), key) == .refused(.gateRefused))
        limit([.voucher, .account], quota: 10)
        #expect(try await charge(.voucher(voucher), key) == .charged)
        #expect(try await charge(.account(account), key) == .charged)
    }

    @Test func anAccountThatIsNotOpenDrawsNothing() async throws {
        limit([.account, .statement], quota: 10)
        #expect(try await charge(.account(account), fixture.key()) == .refused(.unknownAccount))
    }

    @Test func anAccountWithoutAQuotaDrawsNothing() async throws {
        limit([.account])
        try await open(account)
        #expect(try await charge(.account(account), fixture.key()) == .refused(.quotaExceeded))
    }

    @Test func whatAStatementGaveIsDrawnOnceAndOutlastsAKey() async throws {
        limit([.statement])
        let opening = try await fixture.database.openAccount(account, for: .statement(credit(tokens: 5)))
        #expect(opening == .opened)
        let key = try fixture.key()
        #expect(try await charge(.account(account), key, count: 6) == .refused(.creditExhausted))
        #expect(try await charge(.account(account), key, count: 3) == .charged)
        let next = try fixture.key(replacing: key.id)
        #expect(try await charge(.account(account), next, count: 3) == .refused(.creditExhausted))
        #expect(try await charge(.account(account), next, count: 2) == .charged)
    }

    @Test func whereTheQuotaIsUsedUpTheCreditPays() async throws {
        limit([.account, .statement], quota: 4)
        #expect(try await fixture.database.openAccount(account, for: .statement(credit(tokens: 5))) == .opened)
        let key = try fixture.key()
        #expect(try await charge(.account(account), key, count: 4) == .charged)
        #expect(try await charge(.account(account), key, count: 5) == .charged)
        #expect(try await charge(.account(account), key) == .refused(.quotaExceeded))
    }

    @Test func creditIsOfOneCapability() async throws {
        fixture.database.setLimits([
            .session: IssuanceLimits(gates: [.statement]), .play: IssuanceLimits(gates: [.statement]),
        ])
        #expect(try await fixture.database.openAccount(account, for: .statement(credit(tokens: 5))) == .opened)
        #expect(try await charge(.account(account), fixture.key(.play)) == .refused(.creditExhausted))
    }

    @Test func underACompromisedKeyCreditComesBackOnceAndTheQuotaBeginsAnew() async throws {
        limit([.account, .statement], quota: 2)
        #expect(try await fixture.database.openAccount(account, for: .statement(credit(tokens: 5))) == .opened)
        let key = try fixture.key()
        #expect(try await charge(.account(account), key, count: 2) == .charged)
        #expect(try await charge(.account(account), key, count: 5) == .charged)
        #expect(try fixture.database.recredit(drawnUnder: key.id) == .init(accounts: 1, tokens: 5))
        let outcome = try fixture.database.changeKeys([.revoked(key.id, .keyCompromised)])
        #expect(outcome.recredit == .init(accounts: 1, tokens: 5))
        let next = try fixture.key()
        #expect(try await charge(.account(account), next, count: 5) == .charged)
        #expect(try await charge(.account(account), next, count: 2) == .charged)
        _ = try fixture.database.revokeAgain(key.id, reason: .keyCompromised)
        #expect(try await charge(.account(account), next) == .refused(.quotaExceeded))
    }

    @Test func anAccountCostsPartOfAVoucherOnceAndOnlyOfOneThatAccountsDrawOn() async throws {
        limit([.account], quota: 10)
        let (voucher, poor, other) = try (fixture.voucher(tokens: 5), fixture.voucher(tokens: 1), fixture.voucher(.play))
        func open(_ voucher: VoucherHash) async throws -> AccountOpening {
            try await fixture.database.openAccount(account, for: .voucher(voucher, tokens: 3))
        }
        #expect(try await open(VoucherCode().hash) == .unknownVoucher)
        #expect(try await open(poor) == .voucherExhausted)
        #expect(try await open(other) == .wrongCapability)
        #expect(try await open(voucher) == .opened)
        #expect(try await open(voucher) == .exists)
        #expect(try fixture.remaining(voucher) == 2)
        #expect(try fixture.remaining(poor) == 1 && fixture.remaining(other) == 100)
    }

    private func credit(tokens: Int64) -> StatementCredit {
        StatementCredit(
            id: Randomness.bytes32(), capability: .session, tokens: tokens,
            expires: fixture.time.now().wall.adding(seconds: 3_600))
    }
}
