internal import GRDB

/// The tables of a witness.
enum WitnessSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: """
                -- What this directory is for, once and for all.
                CREATE TABLE pin (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
                -- What was cosigned last of each log, and with what time.
                CREATE TABLE log (
                    origin TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
                    time INTEGER NOT NULL) WITHOUT ROWID, STRICT;
                """)
        }
        return migrator
    }
}
