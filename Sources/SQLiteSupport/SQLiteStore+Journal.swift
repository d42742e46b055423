import GRDB

extension SQLiteStore {
    /// Writes the journal back into the database file and cuts it to nothing, so that no page is left in it as it was
    /// before it was changed. Throws ``StoreError``; then it can be tried again.
    package func emptyJournal() async throws {
        try await read { db in _ = try db.checkpoint(.truncate) }
    }
}
