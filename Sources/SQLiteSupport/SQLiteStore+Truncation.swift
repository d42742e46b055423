internal import GRDB

extension SQLiteStore {
    /// Writes the journal back into the database file and empties it, so that what was deleted is in neither: the
    /// database overwrites what is deleted with zeros, and only an old journal could still have it.
    ///
    /// Throws ``StoreError``; ``StoreError/busy(path:)`` where another program reads the database.
    package func truncateJournal() async throws {
        let isDone = try await read { db in
            // 1 where a reader keeps the journal.
            try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        }
        guard isDone else { throw StoreError.busy(path: path) }
    }
}
