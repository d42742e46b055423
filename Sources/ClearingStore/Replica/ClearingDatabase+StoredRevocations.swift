internal import Foundation
internal import GRDB
internal import KeySchedule
internal import LibSodium
internal import Revocation
internal import SQLiteSupport

/// The revocation list in the database: deltas as they travel, each of many entries, and the newest head.
extension ClearingDatabase {
    /// The last delta is made longer until it has as many entries: few rows, and little is written again.
    private static let mostExtended = 256

    /// Stores entries that follow those that are stored.
    static func append(_ entries: [RevocationEntry], to db: Database) throws {
        guard let first = entries.first else { return }
        var (after, pending) = (first.sequence - 1, entries)
        if let last = try Data.fetchOne(db, sql: "SELECT delta FROM revocation_delta ORDER BY after DESC LIMIT 1"),
            let delta = try? RevocationDelta(decoding: Array(last)), delta.entries.count < mostExtended
        {
            (after, pending) = (delta.after, delta.entries + entries)
        }
        for start in stride(from: 0, to: pending.count, by: RevocationDelta.maximumEntryCount) {
            let part = Array(pending[start..<min(start + RevocationDelta.maximumEntryCount, pending.count)])
            guard let delta = RevocationDelta(after: after + UInt64(start), entries: part),
                let place = Int64(exactly: delta.after)
            else { throw ClearingStoreError.damaged("the revocation list") }
            try db.execute(
                sql: "INSERT OR REPLACE INTO revocation_delta VALUES (?, ?)", arguments: [place, Data(delta.encoded)])
        }
    }

    /// Stores the newest head.
    static func store(_ head: RevocationHead, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO revocation_head (only, size, root, time) VALUES (1, ?, ?, ?)",
            arguments: [Int64(clamping: head.size), Data(head.root.bytes), head.time.seconds])
    }

    static func storedHead(_ db: Database) throws -> (size: UInt64, root: Bytes32, time: UnixTime)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT size, root, time FROM revocation_head") else { return nil }
        guard let size = UInt64(exactly: try row.value("size", as: Int64.self)),
            let root = Bytes32(try row.value("root", as: Data.self))
        else {
            throw ClearingStoreError.damaged("the revocation list")
        }
        return (size, root, UnixTime(seconds: try row.value("time")))
    }

    /// The stored list, with the time of its head; throws ``ClearingStoreError/damaged(_:)`` unless both fit.
    static func loadRevocations(_ db: Database) throws -> (RevocationList, UnixTime?) {
        var list = RevocationList()
        let rows = try Row.fetchCursor(db, sql: "SELECT after, delta FROM revocation_delta ORDER BY after")
        do {
            while let row = try rows.next() {
                let delta = try RevocationDelta(decoding: Array(row.value("delta", as: Data.self)))
                guard Int64(exactly: delta.after) == (try row.value("after", as: Int64.self)) else {
                    throw RevocationError.malformed
                }
                for entry in delta.entries { try list.append(entry) }
            }
        } catch is RevocationError {
            throw ClearingStoreError.damaged("the revocation list")
        }
        let head = try storedHead(db)
        guard list.size == head?.size ?? 0, list.root == head?.root ?? RevocationEntry.emptyRoot else {
            throw ClearingStoreError.damaged("the revocation list")
        }
        return (list, head?.time)
    }
}
