import Attestation
@testable import AuthorityStore
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import SQLiteSupport
import Testing

/// Statements are used once, and for as long as they can be used it is known that they were.
struct StatementStoreTests {
    private let fixture: AuthorityFixture
    private let account = Ed25519.PrivateKey().publicKey

    init() throws {
        fixture = try AuthorityFixture()
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.statement])])
    }

    private func credit(
        _ id: Bytes32 = Randomness.bytes32(), _ capability: Capability = .session, expiresIn seconds: Int64 = 3_600,
        notBefore: Int64? = nil
    ) -> StatementCredit {
        let now = fixture.time.now().wall
        return StatementCredit(
            id: id, capability: capability, tokens: 5, expires: now.adding(seconds: seconds),
            notBefore: notBefore.map { now.adding(seconds: $0) })
    }

    private func tokens(_ account: Ed25519.PublicKey) throws -> Int64 {
        try fixture.database.store.readBlocking { db in
            try Int64.fetchOne(
                db, sql: "SELECT sum(tokens) FROM account_credit WHERE account = ?", arguments: [account.encoded.data])
                ?? 0
        }
    }

    private func open() async throws {
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
    }

    @Test func oneStatementFromSixtyFourConnectionsAtOnceGivesItsTokensOnce() async throws {
        try await open()
        let credit = credit()
        let outcomes = try await withThrowingTaskGroup { group in
            for _ in 0..<64 { group.addTask { try await fixture.database.redeem(credit, to: account) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .credited }.count == 1 && outcomes.filter { $0 == .used }.count == 63)
        #expect(try tokens(account) == 5)
    }

    @Test func aStatementThatOpenedAnAccountGivesNothingToAnother() async throws {
        let (credit, other) = (credit(), Ed25519.PrivateKey().publicKey)
        #expect(try await fixture.database.openAccount(account, for: .statement(credit)) == .opened)
        #expect(try await fixture.database.redeem(credit, to: account) == .used)
        let second = try await fixture.database.openAccount(other, for: .statement(credit))
        #expect(second == .statementRefused(.used))
        // The refusal took everything back: the account is not open.
        #expect(try await fixture.database.redeem(self.credit(), to: other) == .unknownAccount)
        #expect(try tokens(account) == 5 && tokens(other) == 0)
    }

    @Test func whatIsRefusedUsesNoStatementUp() async throws {
        let credit = credit()
        #expect(try await fixture.database.redeem(credit, to: account) == .unknownAccount)
        try await open()
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.account])])
        #expect(try await fixture.database.redeem(credit, to: account) == .unfit)
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.statement])])
        #expect(try await fixture.database.redeem(credit, to: account) == .credited)
        #expect(try await fixture.database.redeem(self.credit(.zero, .play), to: account) == .unfit)
    }

    @Test func whatWasForgottenIsNotTakenAgainWhateverTheClockSays() async throws {
        try await open()
        let credit = credit(expiresIn: 3_600)
        #expect(try await fixture.database.redeem(credit, to: account) == .credited)
        let later = fixture.time.now().wall.adding(seconds: 3 * 86_400)
        try await fixture.database.purgeStatements(endedBefore: later)
        #expect(try used() == 0)
        // The clock has not moved, or went back: the mark stays all the same.
        #expect(try await fixture.database.redeem(credit, to: account) == .expired)
        try await fixture.database.purgeStatements(endedBefore: later.adding(seconds: -2 * 86_400))
        #expect(try await fixture.database.redeem(credit, to: account) == .expired)
        #expect(try tokens(account) == 5)
        let next = self.credit(expiresIn: 4 * 86_400)
        #expect(try await fixture.database.redeem(next, to: account) == .credited)
    }

    @Test func aUseIsKeptUntilNobodyCouldRepeatIt() async throws {
        try await open()
        for seconds in stride(from: Int64(0), to: 2 * 86_400, by: 7_919) {
            let credit = credit(expiresIn: seconds + 1)
            #expect(try await fixture.database.redeem(credit, to: account) == .credited)
        }
        let start = fixture.time.now().wall
        for day in 0..<4 as Range<Int64> {
            try await fixture.database.purgeStatements(endedBefore: start.adding(seconds: day * 86_400))
            let mark = start.adding(seconds: day * 86_400).startOfDay.seconds / 86_400
            #expect(try usedDays().allSatisfy { $0 >= mark })
        }
        #expect(try used() == 0)
    }

    @Test func afterARestorationOnlyStatementsThatCannotHaveBeenUsedBeforeAreTaken() async throws {
        try await open()
        try fixture.database.forgetUsedStatements(at: fixture.time.now().wall)
        #expect(try await fixture.database.redeem(credit(), to: account) == .expired)
        fixture.time.advance(600)
        #expect(try await fixture.database.redeem(credit(notBefore: -540), to: account) == .expired)
        #expect(try await fixture.database.redeem(credit(notBefore: 0), to: account) == .credited)
        let late = credit(expiresIn: StatementCredit.longestLife)
        #expect(try await fixture.database.redeem(late, to: account) == .credited)
    }

    @Test func noStatementIsStoredWithAnAccountOrATimeFinerThanADay() async throws {
        let columns = try fixture.database.store.readBlocking { db in
            try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('used_statement')")
        }
        #expect(columns == ["id", "last_day"])
    }

    private func used() throws -> Int { try usedDays().count }

    private func usedDays() throws -> [Int64] {
        try fixture.database.store.readBlocking { try Int64.fetchAll($0, sql: "SELECT last_day FROM used_statement") }
    }
}
