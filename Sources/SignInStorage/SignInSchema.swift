internal import GRDB

/// The tables of a service's accounts. None has a time of an account, or an order in which accounts were opened.
enum SignInSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: """
                -- Which key (its digest) is whose; one that was replaced by another lets nobody in any more.
                CREATE TABLE account_key (
                    digest BLOB PRIMARY KEY NOT NULL, pseudonym BLOB NOT NULL,
                    is_replaced INTEGER NOT NULL) WITHOUT ROWID, STRICT;
                CREATE INDEX account_key_pseudonym ON account_key (pseudonym);
                -- Challenges that were answered, until a day after their end, which is a whole minute.
                CREATE TABLE answered (
                    expiry INTEGER NOT NULL, nonce BLOB NOT NULL, PRIMARY KEY (expiry, nonce)) WITHOUT ROWID, STRICT;
                """)
        }
        return migrator
    }
}
