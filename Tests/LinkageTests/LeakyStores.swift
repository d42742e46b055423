import Foundation
import GRDB
import LibSodium

/// Stores that leak, made of what happened at the real ones: what the classifier has to catch.
enum LeakyStores: CaseIterable {
    /// Tables with row ids: rows lie in the order in which they came.
    case rowOrder
    /// A binding's digest without a key: whoever knows what was bound recognises it.
    case bindingWithoutKey
    /// A column with the second.
    case timeColumn

    /// Writes both tables into files and dumps them.
    func dumps(of visits: [LinkageRig.Visit], in directory: String) throws -> (TableDump, TableDump) {
        let order = self == .rowOrder ? "" : "WITHOUT ROWID"
        let time = self == .timeColumn ? ", time INTEGER" : ""
        let start = 1_800_000_000
        let requests = visits.enumerated().map { (columns: [$1.request], time: start + $0) }
        let spends = visits.enumerated().flatMap { second, visit in
            zip(visit.nullifiers, visit.bindings).map { nullifier, binding in
                (columns: [nullifier, digest(binding, nullifier)], time: start + second)
            }
        }
        let paths = [directory + "/\(self)-authority.sqlite", directory + "/\(self)-clearing.sqlite"]
        try write(requests, "CREATE TABLE request (hash BLOB PRIMARY KEY NOT NULL\(time)) \(order)", to: paths[0])
        try write(
            spends, "CREATE TABLE spent (nullifier BLOB PRIMARY KEY NOT NULL, binding BLOB\(time)) \(order)", to: paths[1])
        return (try TableDump("request", atPath: paths[0]), try TableDump("spent", atPath: paths[1]))
    }

    /// What is stored of a binding; the nullifier stands for the key that a real ledger does not hold.
    private func digest(_ binding: [UInt8], _ nullifier: [UInt8]) -> [UInt8] {
        guard self == .bindingWithoutKey else {
            return KeyedBLAKE2b.hash(SHA256.hash(binding).bytes, key: Randomness.bytes32()).bytes
        }
        return SHA256.hash(binding).bytes
    }

    private func write(_ rows: [(columns: [[UInt8]], time: Int)], _ schema: String, to path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: schema)
            for row in rows {
                var arguments = row.columns.map { Data($0) as (any DatabaseValueConvertible)? }
                if self == .timeColumn { arguments.append(row.time) }
                let marks = arguments.map { _ in "?" }.joined(separator: ", ")
                let table = schema.contains("request") ? "request" : "spent"
                try db.execute(sql: "INSERT INTO \(table) VALUES (\(marks))", arguments: StatementArguments(arguments))
            }
        }
        try queue.close()
    }
}
