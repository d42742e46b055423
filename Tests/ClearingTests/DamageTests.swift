import ClearingStore
import GRDB
import SQLiteSupport
import TestSupport
import Testing

/// Rows that this program never writes: a store reports them, and the process goes on.
@Suite struct DamageTests {
    private let fixture: StoreFixture
    private let mint: TestMint

    init() async throws {
        fixture = try StoreFixture()
        mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
    }

    /// Puts a table without any rules in the place of one, then runs `change`.
    private func damage(_ table: String, _ columns: String, _ change: String) throws {
        try fixture.close()
        let queue = try DatabaseQueue(path: fixture.temporary.path + "/clearing.sqlite")
        try queue.write { db in
            try db.execute(sql: """
                CREATE TABLE loose (\(columns));
                INSERT INTO loose SELECT \(columns) FROM \(table);
                DROP TABLE \(table);
                ALTER TABLE loose RENAME TO \(table);
                \(change)
                """)
        }
        try queue.close()
    }

    private func isDamage(_ error: any Error) -> Bool {
        guard case .corrupt = error as? StoreError else { return false }
        return true
    }

    @Test(arguments: ["NULL", "'none'"]) func aLedgerWithoutItsNumberIsReported(value: String) async throws {
        try damage(
            "ledger", "number, key_id, accept_until, final_count, is_lower_bound, count_state",
            "UPDATE ledger SET number = \(value)")
        try fixture.reopen()
        try await fixture.fetchRevocations()
        let token = try mint.token(for: fixture.challenge)
        await #expect { try await fixture.spend(token) } throws: { isDamage($0) }
    }

    @Test(arguments: ["size = NULL", "size = 'one'", "root = NULL", "time = NULL", "time = 'now'"])
    func aHeadThatIsNoneIsReported(change: String) throws {
        try damage("revocation_head", "\"only\", size, root, time", "UPDATE revocation_head SET \(change)")
        #expect { try fixture.reopen() } throws: { isDamage($0) }
    }
}
