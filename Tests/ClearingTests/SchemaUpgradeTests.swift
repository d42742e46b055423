@testable import ClearingStore
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

/// Databases as earlier versions of this program left them.
@Suite struct SchemaUpgradeTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Takes a database back to the first schema, with what is in it.
    private func downgrade() throws {
        try fixture.close()
        let queue = try DatabaseQueue(path: fixture.temporary.path + "/clearing.sqlite")
        try queue.write { db in
            try db.execute(sql: """
                DROP TABLE restore_floor;
                DROP TABLE closed_session;
                ALTER TABLE ledger DROP COLUMN is_lower_bound;
                ALTER TABLE ledger DROP COLUMN count_state;
                CREATE TABLE revocation (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
                DELETE FROM grdb_migrations WHERE identifier <> '1';
                """)
            for bytes in try Data.fetchAll(db, sql: "SELECT delta FROM revocation_delta ORDER BY after") {
                for entry in try RevocationDelta(decoding: Array(bytes)).entries {
                    try db.execute(
                        sql: "INSERT INTO revocation VALUES (?, ?)",
                        arguments: [Int64(entry.sequence), Data(entry.encoded)])
                }
            }
            try db.execute(sql: "DROP TABLE revocation_delta")
        }
        try queue.close()
    }

    /// What a released version wrote is read for ever: a change of the tables is a migration of its own.
    @Test(arguments: [
        ("1", "096b6b1972045e01"),
        ("2-revocation", "5f1ed02f7eef8c28"),
        ("2-restore-and-counts", "33ca4fb24a8c9694"),
        ("3-sessions", "517d4d1702bdd580"),
    ])
    func aReleasedMigrationNeverChanges(name: String, digest: String) throws {
        let queue = try DatabaseQueue()
        try ClearingSchema.migrator.migrate(queue, upTo: name)
        let sql = try queue.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
        #expect(Hexadecimal.encode(SHA256.hash(Array(sql.joined(separator: "\n").utf8)).bytes.prefix(8)) == digest)
    }

    @Test func whatWasSpentUnderTheFirstSchemaStaysSpentAndNothingIsLost() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        let (spent, unspent) = (try mint.token(for: fixture.challenge), try mint.token(for: fixture.challenge))
        _ = try await fixture.spend(spent)
        try downgrade()
        try fixture.reopen()
        try await fixture.fetchRevocations()
        #expect(fixture.database.state.verifier.lost == .none)
        #expect(try await fixture.spend(spent) == .alreadySpent)
        guard case .spent? = try await fixture.spend(unspent) else { return #expect(Bool(false)) }
    }

    @Test func whatWasRevokedUnderTheFirstSchemaStaysRevoked() async throws {
        let mint = try await fixture.deliveredMint()
        let token = try mint.token(for: fixture.challenge)
        for _ in 0..<300 { fixture.authority.revoke(.key(TokenKeyID(Randomness.bytes32()))) }
        fixture.authority.revoke(.token(Nullifier(of: token.input), mint.record.id))
        try await fixture.fetchRevocations()
        let root = fixture.database.state.verifier.revocations.root
        try downgrade()
        try fixture.reopen()
        #expect(fixture.database.revocationSize == 301)
        #expect(fixture.database.state.verifier.revocations.root == root)
        #expect(throws: VerificationFailure.tokenRevoked) { try fixture.verified(token) }
    }

    @Test func aTombstoneOfTheFirstSchemaIsACountThatIsHandedOver() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        _ = try await fixture.spend(mint.token(for: fixture.challenge))
        fixture.time.advance(seconds: 7_200 + 24 * 3_600)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 1)
        try downgrade()
        try fixture.reopen()
        #expect(try await fixture.database.countsToReport().map(\.count) == [1])
    }
}
