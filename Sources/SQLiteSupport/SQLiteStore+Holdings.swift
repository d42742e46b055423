package import Disclosure
import Foundation
package import GRDB

extension SQLiteStore {
    /// What is in the database now, held against its declaration. Blocks; throws ``StoreError``.
    package func holdings(_ declaration: StoreDeclaration) throws -> HeldTables {
        try readBlocking { HeldTables(try LiveTable.all($0), declaration: declaration) }
    }

    /// What is in the database of a side at `path`, beside the process that uses it. Blocks; throws ``StoreError``.
    ///
    /// Only the schema is read, and nothing is written: not even the directory is locked.
    package static func holdings(
        _ declaration: StoreDeclaration, atPath path: String, side: StoreSide
    ) throws -> HeldTables {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.inDatabase { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == side.applicationID else {
                    throw StoreError.foreignFile(path: path)
                }
                return HeldTables(try LiveTable.all(db), declaration: declaration)
            }
        } catch {
            throw StoreError.mapped(error, path: path)
        }
    }

    /// What a new database would hold, made in memory; `body` adds the tables that are made as they are needed.
    package static func freshHoldings(
        _ declaration: StoreDeclaration, migrator: DatabaseMigrator, adding body: (Database) throws -> Void = { _ in }
    ) throws -> HeldTables {
        do {
            let queue = try DatabaseQueue()
            try migrator.migrate(queue)
            return try queue.write { db in
                try body(db)
                return HeldTables(try LiveTable.all(db), declaration: declaration)
            }
        } catch {
            throw StoreError.mapped(error, path: "a database in memory")
        }
    }
}

extension LiveTable {
    /// Every table and view of a database, those of its libraries too, but for SQLite's own list of them.
    package static func all(_ db: Database) throws -> [LiveTable] {
        let tables = try Row.fetchAll(
            db, sql: """
                SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name <> 'sqlite_schema'
                ORDER BY name
                """)
        return try tables.map { table in
            let name: String = try table.value("name")
            let columns = try Row.fetchAll(
                db, sql: "SELECT name, type, pk FROM pragma_table_xinfo(?) ORDER BY cid", arguments: [name])
            let names = try columns.map { try $0.value("name", as: String.self) }
            let hasRowID = try table.value("type", as: String.self) == "table" && table.value("wr", as: Int.self) == 0
            return LiveTable(name, columns: try hasRowID && !hasAlias(columns) ? ["rowid"] + names : names)
        }
    }

    /// Whether a column stands for the row id: an integer that is the whole primary key.
    private static func hasAlias(_ columns: [Row]) throws -> Bool {
        let keys = try columns.filter { try $0.value("pk", as: Int.self) > 0 }
        return try keys.count == 1 && keys[0].value("type", as: String.self).uppercased() == "INTEGER"
    }
}
