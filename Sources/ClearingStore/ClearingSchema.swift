internal import Foundation
internal import GRDB
internal import PrivacyPass
internal import Revocation

/// The tables of a clearing server. No time of a spend, no address and no account is in any of them.
enum ClearingSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: """
                -- What this directory is for, once and for all.
                CREATE TABLE pin (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
                -- The newest key delivery, as it was signed.
                CREATE TABLE delivery (
                    only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL,
                    document TEXT NOT NULL) STRICT;
                -- One row for each key that ever was delivered; with final_count set it is a tombstone.
                CREATE TABLE ledger (
                    number INTEGER PRIMARY KEY, key_id BLOB NOT NULL UNIQUE, accept_until INTEGER NOT NULL,
                    final_count INTEGER) STRICT;
                CREATE TABLE revocation (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
                -- The newest head of the revocation list.
                CREATE TABLE revocation_head (
                    only INTEGER PRIMARY KEY CHECK (only = 1), size INTEGER NOT NULL, root BLOB NOT NULL,
                    time INTEGER NOT NULL) STRICT;
                """)
        }
        migrator.registerMigration("2-revocation") { db in try moveRevocationsToDeltas(db) }
        migrator.registerMigration("2-restore-and-counts") { db in
            try db.execute(sql: """
                -- A tombstone of a restored ledger: at least so many tokens were spent, and nobody knows which others.
                ALTER TABLE ledger ADD COLUMN is_lower_bound INTEGER NOT NULL DEFAULT 0;
                -- Of a tombstone: 0 until the authority has answered to its count, 1 if it took it, 2 if it never will.
                ALTER TABLE ledger ADD COLUMN count_state INTEGER NOT NULL DEFAULT 0;
                -- The signed time of a head fetched during a restore: keys that begin until then are refused for ever.
                CREATE TABLE restore_floor (
                    only INTEGER PRIMARY KEY CHECK (only = 1), time INTEGER NOT NULL) STRICT;
                """)
        }
        migrator.registerMigration("3-sessions") { db in
            try db.execute(sql: """
                -- Sessions that were closed before their end, until a day after it. Without row ids, whose order would be time.
                CREATE TABLE closed_session (
                    id BLOB PRIMARY KEY NOT NULL, expiry INTEGER NOT NULL) WITHOUT ROWID, STRICT;
                """)
        }
        return migrator
    }

    /// Entries are kept as they travel, many in one row: a million of them are read at a start in a second or two.
    private static func moveRevocationsToDeltas(_ db: Database) throws {
        try db.execute(sql: """
            CREATE TABLE revocation_delta (after INTEGER PRIMARY KEY CHECK (after >= 0), delta BLOB NOT NULL) STRICT;
            """)
        let rows = try Data.fetchAll(db, sql: "SELECT entry FROM revocation ORDER BY sequence")
        do {
            try ClearingDatabase.append(rows.map { try RevocationEntry(decoding: Array($0)) }, to: db)
        } catch is MessageError {
            throw ClearingStoreError.damaged("the revocation list")
        }
        try db.execute(sql: "DROP TABLE revocation")
    }

    /// The table of what was spent under a key: `number` is that of the key's row in `ledger`.
    ///
    /// Without row ids, because their order would be that of the spends.
    static func createSpent(_ db: Database, number: Int64) throws {
        try db.execute(sql: """
            CREATE TABLE \(spent(number)) (nullifier BLOB PRIMARY KEY NOT NULL, binding BLOB NOT NULL)
            WITHOUT ROWID, STRICT
            """)
    }

    static func spent(_ number: Int64) -> String { "spent_\(number)" }
}
