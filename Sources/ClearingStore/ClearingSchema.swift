internal import GRDB

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
        return migrator
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
