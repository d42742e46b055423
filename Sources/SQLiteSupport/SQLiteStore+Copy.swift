import Foundation
import GRDB
import GRDBSQLite

extension SQLiteStore {
    /// Copies the database to a new file of mode 0600 at `path`, as it is when the copy ends, while others read and
    /// write: the one connection takes a few pages at a time in between. The copy is not synced.
    ///
    /// `progress` hears the share that is copied. Where the calling task is cancelled it ends, and the file goes.
    /// Throws ``StoreError``, or `CancellationError`.
    package func copy(to path: String, progress: @Sendable (Double) -> Void = { _ in }) async throws {
        do {
            let copy = try await read { db in try OnlineCopy(of: db, to: path) }
            do {
                while let share = try await read({ _ in try copy.step() }) {
                    progress(share)
                    try Task.checkCancellation()
                }
            } catch {
                try? await read { _ in copy.close() }
                throw error
            }
            try await read { _ in copy.close() }
        } catch {
            unlink(path)
            throw error
        }
    }
}

/// A copy that is being made (SQLite's online backup). Used on the source database's own thread alone, to which it
/// belongs.
private final class OnlineCopy: @unchecked Sendable {
    /// One MiB at a time: a few milliseconds.
    private static let pagesPerStep: Int32 = 256

    private let path: String
    private var target: OpaquePointer?
    private var backup: OpaquePointer?

    init(of source: Database, to path: String) throws {
        self.path = path
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreError(errno: errno, path: path) }
        Foundation.close(file)
        do {
            try check(sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, nil))
            // Nobody uses it before it is whole: a journal would only cost time.
            try check(sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nil, nil, nil))
            backup = sqlite3_backup_init(target, "main", source.sqliteConnection, "main")
            guard backup != nil else { throw StoreError(DatabaseError(resultCode: .SQLITE_ERROR), path: path) }
        } catch {
            close()
            throw error
        }
    }

    /// Copies some pages; the share that is done, or `nil` when all is.
    func step() throws -> Double? {
        let code = sqlite3_backup_step(backup, Self.pagesPerStep)
        if code == SQLITE_DONE {
            try check(sqlite3_backup_finish(backup))
            backup = nil
            return nil
        }
        // Another program may hold SQLite's own lock for a moment.
        if code != SQLITE_BUSY, code != SQLITE_LOCKED { try check(code) }
        let (all, rest) = (sqlite3_backup_pagecount(backup), sqlite3_backup_remaining(backup))
        return all > 0 ? Double(all - rest) / Double(all) : 0
    }

    /// Ends it, wherever it stands.
    func close() {
        sqlite3_backup_finish(backup)
        sqlite3_close_v2(target)
        (backup, target) = (nil, nil)
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw StoreError(DatabaseError(resultCode: ResultCode(rawValue: code)), path: path)
    }
}
