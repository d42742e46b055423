import Foundation
import GRDB

/// A table as whoever has the file sees it: every row, in the order in which a dump gives them, with every column.
struct TableDump {
    let rows: [Row]

    /// A row: its blobs, its numbers, and where it is.
    struct Row {
        let blobs: [[UInt8]]
        let numbers: [Double]
        /// The place in the dump, 0 to 1.
        let rank: Double
        /// The place in its page, 0 to 1; the middle where the table has row ids, whose order says it already.
        let age: Double
    }

    /// Dumps a table of the database at a path, which nobody has open.
    init(_ table: String, atPath path: String) throws {
        let queue = try DatabaseQueue(path: path)
        let (fetched, root, isOrdered) = try queue.read { db in
            let order = try Int.fetchOne(
                db, sql: "SELECT wr FROM pragma_table_list WHERE name = ?", arguments: [table])
            let root = try Int.fetchOne(
                db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
            return (try GRDB.Row.fetchAll(db, sql: "SELECT * FROM \(table)"), root ?? 0, order == 0)
        }
        try queue.close()
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let ages = isOrdered ? [:] : PageReader(file).ages(root: root)
        rows = fetched.enumerated().map { place, row in
            let values = Array(row.databaseValues)
            let blobs = values.compactMap { value -> [UInt8]? in
                if case .blob(let data) = value.storage { [UInt8](data) } else { nil }
            }
            let numbers = values.compactMap { value -> Double? in
                if case .int64(let number) = value.storage { Double(number) } else { nil }
            }
            return Row(
                blobs: blobs, numbers: numbers, rank: Double(place) / Double(max(1, fetched.count - 1)),
                age: ages[blobs[0]] ?? 0.5)
        }
    }

    /// The row whose first column is this.
    func index() -> [[UInt8]: Row] { Dictionary(rows.map { ($0.blobs[0], $0) }, uniquingKeysWith: { $1 }) }
}
