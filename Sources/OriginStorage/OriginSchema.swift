internal import GRDB

/// The tables of an app's backend. None has the time or the order of a spend or of a session.
enum OriginSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: """
                -- One row for each key of which a token was spent here; once over, it stays so for ever.
                CREATE TABLE spent_key (
                    key_id BLOB PRIMARY KEY NOT NULL, accept_until INTEGER NOT NULL,
                    is_over INTEGER NOT NULL) WITHOUT ROWID, STRICT;
                CREATE TABLE spent (
                    key_id BLOB NOT NULL, nullifier BLOB NOT NULL, binding BLOB NOT NULL,
                    PRIMARY KEY (key_id, nullifier)) WITHOUT ROWID, STRICT;
                -- Sessions that were closed before their end, until a week after it.
                CREATE TABLE closed_session (
                    id BLOB PRIMARY KEY NOT NULL, expiry INTEGER NOT NULL) WITHOUT ROWID, STRICT;
                -- The public half of the key in sessions.key: which file belongs to this database.
                CREATE TABLE session_key (only INTEGER PRIMARY KEY CHECK (only = 1), public_key BLOB NOT NULL) STRICT;
                """)
        }
        return migrator
    }
}
