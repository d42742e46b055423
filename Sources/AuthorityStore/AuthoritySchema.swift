import GRDB

/// The tables of `authority.sqlite`, in the order in which versions of this program added to them.
enum AuthoritySchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-spine") { db in
            try db.execute(sql: keys + vouchersAndRequests + revocations + verifiers)
        }
        migrator.registerMigration("2-keys") { db in
            try db.execute(sql: LogSchema.logs + LogSchema.draws)
        }
        migrator.registerMigration("3-revocation") { db in try db.execute(sql: otherRevocations) }
        migrator.registerMigration("4-counts") { try $0.execute(sql: counts) }
        migrator.registerMigration("5-accounts") { db in
            try db.execute(sql: AccountSchema.accounts + AccountSchema.statements + AccountSchema.closedEpochs)
        }
        migrator.registerMigration("6-recovery") { try $0.execute(sql: recovery) }
        migrator.registerMigration("7-public-verifiers") { try $0.execute(sql: publicVerifiers) }
        return migrator
    }

    /// `truncated` is the last byte of the id, and NULL once no request of the key is on record any more: so two keys
    /// that requests could mistake for one another cannot be stored.
    private static let keys = """
        CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE token_key (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            capability TEXT NOT NULL,
            token_type INTEGER NOT NULL,
            public_key BLOB NOT NULL,
            truncated INTEGER CHECK (truncated BETWEEN 0 AND 255),
            not_before INTEGER NOT NULL,
            issue_until INTEGER NOT NULL,
            accept_until INTEGER NOT NULL,
            is_retired INTEGER NOT NULL DEFAULT 0,
            issued INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX token_key_truncated ON token_key (token_type, truncated);
        """

    /// No row says which voucher paid for which request, and rows lie in the order of their digests: the order in
    /// which they came would be a clock.
    private static let vouchersAndRequests = """
        CREATE TABLE voucher (
            hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
            capability TEXT NOT NULL,
            total INTEGER NOT NULL CHECK (total > 0),
            remaining INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND total),
            is_revoked INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE request (
            hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
            key_id BLOB NOT NULL REFERENCES token_key (id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX request_key ON request (key_id);
        """

    /// Append-only: what is published can be added to, never changed.
    private static let revocations = """
        CREATE TABLE revocation (
            sequence INTEGER PRIMARY KEY NOT NULL CHECK (sequence > 0),
            subject BLOB NOT NULL UNIQUE,
            entry BLOB NOT NULL,
            root BLOB NOT NULL CHECK (length(root) = 32)
        ) STRICT;
        CREATE TRIGGER revocation_is_not_changed BEFORE UPDATE ON revocation
            BEGIN SELECT RAISE(ABORT, 'the revocation list is append-only'); END;
        CREATE TRIGGER revocation_is_not_removed BEFORE DELETE ON revocation
            BEGIN SELECT RAISE(ABORT, 'the revocation list is append-only'); END;
        """

    /// `count_key` is NULL for a server that hands over no counts. What is on record stays when a verifier is removed.
    private static let counts = """
        ALTER TABLE verifier ADD COLUMN count_key BLOB CHECK (count_key IS NULL OR length(count_key) = 32);
        CREATE TABLE redeemed_count (
            verifier_id BLOB NOT NULL CHECK (length(verifier_id) = 32),
            key_id BLOB NOT NULL REFERENCES token_key (id),
            count INTEGER NOT NULL CHECK (count >= 0),
            statement TEXT NOT NULL,
            PRIMARY KEY (verifier_id, key_id)
        ) STRICT, WITHOUT ROWID;
        """

    /// What is kept for those who lose a device: no row says whose it is, and rows lie in the order of lookups. How
    /// many each payer has kept stands by itself.
    private static let recovery = """
        CREATE TABLE recovery_record (
            lookup BLOB NOT NULL CHECK (length(lookup) = 32),
            key_id BLOB NOT NULL REFERENCES token_key (id),
            sealed BLOB NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1024),
            PRIMARY KEY (lookup, key_id, sealed)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recovery_record_key ON recovery_record (key_id);
        CREATE TABLE recovery_count (
            key_id BLOB NOT NULL REFERENCES token_key (id),
            payer BLOB NOT NULL CHECK (length(payer) = 32),
            records INTEGER NOT NULL CHECK (records > 0),
            PRIMARY KEY (key_id, payer)
        ) STRICT, WITHOUT ROWID;
        """

    /// Those of keys, capabilities and verifiers: they are few, and looked up often. Tokens have 48 bytes.
    private static let otherRevocations = """
        CREATE INDEX revocation_other ON revocation (length(subject), subject) WHERE length(subject) <> 48;
        """

    /// Those that were trusted before were trusted with secrets.
    private static let publicVerifiers = """
        ALTER TABLE verifier ADD COLUMN is_public_only INTEGER NOT NULL DEFAULT 0 CHECK (is_public_only IN (0, 1));
        """

    private static let verifiers = """
        CREATE TABLE verifier (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            name TEXT NOT NULL UNIQUE,
            identity_key BLOB NOT NULL CHECK (length(identity_key) = 32),
            sequence INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE verifier_capability (
            verifier_id BLOB NOT NULL REFERENCES verifier (id) ON DELETE CASCADE,
            capability TEXT NOT NULL,
            PRIMARY KEY (verifier_id, capability)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE delivery (
            verifier_id BLOB NOT NULL REFERENCES verifier (id) ON DELETE CASCADE,
            key_id BLOB NOT NULL REFERENCES token_key (id),
            sealed BLOB NOT NULL,
            PRIMARY KEY (verifier_id, key_id)
        ) STRICT, WITHOUT ROWID;
        """
}
