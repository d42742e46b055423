import Foundation
package import GRDB

/// One side's database: one connection, in one process, durable before it answers.
///
/// WAL with `synchronous = FULL`: a commit that was reported survives a power cut. Set on the connection before
/// its first use, because GRDB's own WAL mode would lower it to NORMAL afterwards.
package final class SQLiteStore: Sendable {
    /// The database file.
    package let path: String
    let queue: DatabaseQueue
    let groupCommit: GroupCommit
    // Keeps the directory's lock for as long as the database is open.
    private let directory: DataDirectory

    /// Opens the side's database in `directory`, makes it where there is none (mode 0600), and migrates it.
    ///
    /// Blocks: call it before serving. Throws ``StoreError``.
    package init(in directory: DataDirectory, migrator: DatabaseMigrator) throws {
        let path = directory.databasePath
        self.directory = directory
        self.path = path
        try Self.makeFile(path)
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration(directory.side, path: path))
            try queue.inDatabase { db in
                try Self.assertDurable(db, path: path)
                guard try !migrator.hasBeenSuperseded(db) else { throw StoreError.newerSchema(path: path) }
                try Self.checkPages(db, path: path)
            }
            try migrator.migrate(queue)
        } catch {
            throw StoreError.mapped(error, path: path)
        }
        groupCommit = GroupCommit(queue: queue, path: path)
    }

    /// Writes the journal back into the database file, closes it and releases the directory; whatever waits for the
    /// database fails.
    ///
    /// Blocks until running work is done. When it returns, another process can open the directory.
    package func close() throws {
        do {
            try queue.close()
            directory.release()
        } catch {
            throw StoreError.mapped(error, path: path)
        }
    }

    /// SQLite would make the file with the process's mode; its journal inherits the mode of the file.
    private static func makeFile(_ path: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreError(errno: errno, path: path) }
        defer { Foundation.close(file) }
        guard fchmod(file, 0o600) == 0 else { throw StoreError(errno: errno, path: path) }
    }

    private static func configuration(_ side: StoreSide, path: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = "portes." + side.rawValue
        // Only a program from outside can hold SQLite's lock, and then briefly.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try claim(db, for: side, path: path)
            // fullfsync matters on macOS, where fsync alone does not reach the disk.
            try db.execute(sql: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA fullfsync = ON;
                PRAGMA secure_delete = ON;
                PRAGMA cell_size_check = ON;
                PRAGMA trusted_schema = OFF;
                PRAGMA temp_store = MEMORY;
                PRAGMA journal_size_limit = 8388608;
                """)
        }
        return configuration
    }

    /// Refuses a file of another program before anything in it is changed; marks a new one as ours.
    private static func claim(_ db: Database, for side: StoreSide, path: String) throws {
        let found = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        if found == side.applicationID { return }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
        guard found == 0, tables == 0 else { throw StoreError.foreignFile(path: path) }
        try db.execute(sql: "PRAGMA application_id = \(side.applicationID)")
    }

    private static func assertDurable(_ db: Database, path: String) throws {
        let journalMode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        guard journalMode == "wal", synchronous == 2 else { throw StoreError.notDurable(path: path) }
    }

    private static func checkPages(_ db: Database, path: String) throws {
        let answers = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
        guard answers == ["ok"] else { throw StoreError.corrupt(path: path) }
    }
}
