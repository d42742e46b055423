import GRDB

/// The tables of the logs, and what else migration `2-keys` adds.
enum LogSchema {
    /// `edge` is the right edge of the tree over all entries; with it an append costs the same at any size. What
    /// entries say is published, so it is never changed.
    static let logs = """
        CREATE TABLE log (
            number INTEGER PRIMARY KEY NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            edge BLOB NOT NULL,
            checkpoint BLOB
        ) STRICT;
        CREATE TABLE log_entry (
            log INTEGER NOT NULL,
            place INTEGER NOT NULL CHECK (place >= 0),
            entry BLOB NOT NULL,
            PRIMARY KEY (log, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE log_tile (
            log INTEGER NOT NULL,
            level INTEGER NOT NULL,
            place INTEGER NOT NULL,
            hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192),
            PRIMARY KEY (log, level, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER log_entry_is_not_changed BEFORE UPDATE ON log_entry
            BEGIN SELECT RAISE(ABORT, 'a log is append-only'); END;
        CREATE TRIGGER log_entry_is_not_removed BEFORE DELETE ON log_entry
            BEGIN SELECT RAISE(ABORT, 'a log is append-only'); END;
        """

    /// `drawn` is what a voucher drew under a key: to give it back once if the key is compromised, and to hold it
    /// against a quota. No time finer than the key's epoch; forgotten with the key's requests.
    static let draws = """
        CREATE TABLE drawn (
            key_id BLOB NOT NULL REFERENCES token_key (id),
            voucher BLOB NOT NULL CHECK (length(voucher) = 32),
            tokens INTEGER NOT NULL CHECK (tokens > 0),
            PRIMARY KEY (key_id, voucher)
        ) STRICT, WITHOUT ROWID;
        """
}
