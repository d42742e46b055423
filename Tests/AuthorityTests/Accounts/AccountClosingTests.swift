import Attestation
@testable import AuthorityStore
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import Recovery
import SQLiteSupport
import Testing

/// Of a closed account nothing is left: not in a table, not in the database's file, its journal or the journal's index.
struct AccountClosingTests {
    private let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func ofAClosedAccountNoByteIsLeftInAnyFile() async throws {
        fixture.database.setLimits([.session: IssuanceLimits(gates: [.account, .statement], quota: 100)])
        let key = try fixture.key()
        // Enough that pages are split, so that rows move about.
        let accounts = (0..<400).map { _ in Ed25519.PrivateKey().publicKey }
        for account in accounts {
            let credit = StatementCredit(
                id: Randomness.bytes32(), capability: .session, tokens: 5,
                expires: fixture.time.now().wall.adding(seconds: 3_600))
            #expect(try await fixture.database.openAccount(account, for: .statement(credit)) == .opened)
            let charge = Charge(payer: .account(account), request: .random(), count: 1, keyID: key.id)
            #expect(try await fixture.database.charge(charge) == .charged)
            let record = try #require(
                RecoveryRecord(lookup: .init(Randomness.bytes32()), keyID: key.id, sealed: Randomness.bytes(488)))
            #expect(try await fixture.database.keep(record, for: .account(account)) == .kept)
        }
        #expect(try occurrences(of: accounts[0]) > 0, "the scan finds nothing at all")
        let closed = stride(from: 0, to: accounts.count, by: 3).map { accounts[$0] }
        for account in closed { try await fixture.database.closeAccount(account) }
        for account in closed { #expect(try occurrences(of: account) == 0) }
        #expect(try journalSize() == 0)
        #expect(try occurrences(of: accounts[1]) > 0)
        let charge = Charge(payer: .account(closed[0]), request: .random(), count: 1, keyID: key.id)
        #expect(try await fixture.database.charge(charge) == .refused(.unknownAccount))
    }

    @Test func closingAnAccountThatIsNotOpenMakesNoDifference() async throws {
        let account = Ed25519.PrivateKey().publicKey
        try await fixture.database.closeAccount(account)
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
        try await fixture.database.closeAccount(account)
        try await fixture.database.closeAccount(account)
        #expect(try await fixture.database.openAccount(account, for: .proofOfWork) == .opened)
    }

    @Test func noTableOfAccountsHasATime() throws {
        let columns = try fixture.database.store.readBlocking { db in
            try ["account", "account_credit", "account_draw"].flatMap { table in
                try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
            }
        }
        #expect(
            Set(columns) == [
                "key", "account", "capability", "tokens", "key_id", "quota_tokens", "credit_tokens",
            ])
        let requests = try fixture.database.store.readBlocking { db in
            try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('request')")
        }
        #expect(requests == ["hash", "key_id"], "a request names an account")
    }

    private func files() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: URL(filePath: fixture.path), includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("authority.sqlite") }
    }

    private func occurrences(of account: Ed25519.PublicKey) throws -> Int {
        let needle = Data(account.encoded.bytes)
        return try files().reduce(0) { count, file in
            var (data, count) = (try Data(contentsOf: file), count)
            while let range = data.range(of: needle) {
                count += 1
                data = Data(data[range.upperBound...])
            }
            return count
        }
    }

    private func journalSize() throws -> Int? {
        let path = fixture.path + "/authority.sqlite-wal"
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }
}
