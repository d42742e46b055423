import ClearingStore
import Foundation
import GRDB
import PortesVerifier
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
                DROP TABLE revocation_delta;
                CREATE TABLE revocation (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
                ALTER TABLE ledger DROP COLUMN is_lower_bound;
                ALTER TABLE ledger DROP COLUMN count_state;
                DELETE FROM grdb_migrations WHERE identifier <> '1';
                """)
        }
        try queue.close()
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
