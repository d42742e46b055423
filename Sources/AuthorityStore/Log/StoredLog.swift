import Foundation
import GRDB
import KeyTransparency
import LibSodium
import SQLiteSupport

/// One append-only log in the authority's database: its entries, its tiles, and the checkpoint that was published last.
///
/// What an append costs does not depend on the size: it reads the right edge of the tree, and writes an entry and the
/// end of the tiles that it changes. Every call belongs in a transaction of its caller.
package struct StoredLog: Sendable, Hashable {
    /// The number of the log in the database.
    private let number: Int64

    /// The log of keys.
    package static let keys = StoredLog(number: 1)
    /// The log of the heads of the revocation list.
    package static let revocationHeads = StoredLog(number: 2)

    private init(number: Int64) { self.number = number }

    /// The right edge of the log's tree as it is stored.
    func frontier(_ db: Database) throws -> TreeFrontier {
        let statement = try db.cachedStatement(sql: "SELECT size, edge FROM log WHERE number = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { return TreeFrontier() }
        let edge = Array(try row.value("edge", as: Data.self))
        guard let size = UInt64(exactly: try row.value("size", as: Int64.self)),
            let frontier = TreeFrontier(size: size, encodedEdge: edge)
        else { throw UnreadableRow() }
        return frontier
    }

    /// Appends entries, each of at most 65,535 bytes.
    func append(_ db: Database, _ entries: [[UInt8]]) throws {
        var frontier = try frontier(db)
        let insert = try db.cachedStatement(sql: "INSERT INTO log_entry VALUES (?, ?, ?)")
        for entry in entries {
            guard entry.count <= EntryBundle.maximumEntryCount else { throw UnreadableRow() }
            try insert.execute(arguments: [number, Int64(clamping: frontier.size), Data(entry)])
            var tileHashes: [(level: Int, index: UInt64, hash: Bytes32)] = []
            frontier.append(MerkleHash.leaf(entry)) { level, index, hash in
                if level % 8 == 0 { tileHashes.append((level / 8, index, hash)) }
            }
            for (level, index, hash) in tileHashes { try extendTile(db, level: level, index: index, by: hash) }
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO log (number, size, edge) VALUES (?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET size = excluded.size, edge = excluded.edge
                """
        ).execute(arguments: [number, Int64(clamping: frontier.size), Data(frontier.encodedEdge)])
    }

    /// Puts the hash of a subtree at the end of its tile, which has all before it.
    private func extendTile(_ db: Database, level: Int, index: UInt64, by hash: Bytes32) throws {
        let (tile, place) = index.quotientAndRemainder(dividingBy: UInt64(Tile.fullWidth))
        var hashes = try tileHashes(db, level: level, index: tile)
        guard hashes.count == Int(place) * Bytes32.count else { throw UnreadableRow() }
        hashes += hash.data
        try db.cachedStatement(
            sql: """
                INSERT INTO log_tile VALUES (?, ?, ?, ?)
                ON CONFLICT (log, level, place) DO UPDATE SET hashes = excluded.hashes
                """
        ).execute(arguments: [number, level, Int64(clamping: tile), hashes])
    }

    private func tileHashes(_ db: Database, level: Int, index: UInt64) throws -> Data {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM log_tile WHERE log = ? AND level = ? AND place = ?")
        return try Data.fetchOne(statement, arguments: [number, level, Int64(clamping: index)]) ?? Data()
    }

    /// The entries of a range that the log has.
    func entries(_ db: Database, _ range: Range<UInt64>) throws -> [[UInt8]] {
        let statement = try db.cachedStatement(
            sql: "SELECT entry FROM log_entry WHERE log = ? AND place >= ? AND place < ? ORDER BY place")
        let entries = try Data.fetchAll(
            statement,
            arguments: [number, Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound)]
        ).map { Array($0) }
        guard entries.count == range.count else { throw UnreadableRow() }
        return entries
    }

    /// The bytes of a tile of the tree of the first `size` leaves (C2SP tlog-tiles), at most what the log has; `nil`
    /// if that tree has no such tile.
    func bytes(_ db: Database, of tile: Tile, size: UInt64) throws -> [UInt8]? {
        guard tile.width <= Tile.width(tile.kind, index: tile.index, size: size) else { return nil }
        let start = tile.index * UInt64(Tile.fullWidth)
        switch tile.kind {
        case .entries: return try EntryBundle.encode(entries(db, start..<start + UInt64(tile.width)))
        case .hashes(let level):
            let hashes = try tileHashes(db, level: level, index: tile.index)
            guard hashes.count >= tile.width * Bytes32.count else { throw UnreadableRow() }
            return Array(hashes.prefix(tile.width * Bytes32.count))
        }
    }

    /// The proof that the tree of `size` leaves begins with that of `old`; `nil` if there is no such proof.
    func consistencyProof(_ db: Database, from old: UInt64, to size: UInt64) throws -> [Bytes32]? {
        guard try size <= frontier(db).size else { return nil }
        var tiles = TileSet()
        while true {
            do throws(TileSet.MissingTile) {
                return try tiles.consistencyProof(from: old, to: size)
            } catch {
                let bytes = Array(try tileHashes(db, level: error.level, index: error.index))
                guard let tile = Tile(
                    .hashes(level: error.level), index: error.index, width: bytes.count / Bytes32.count),
                    (try? tiles.insert(bytes, for: tile)) != nil
                else { throw UnreadableRow() }
            }
        }
    }

    /// Removes the whole log, where nothing forbids it.
    func remove(_ db: Database) throws {
        for table in ["log_entry", "log_tile"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE log = ?", arguments: [number])
        }
        try db.execute(sql: "DELETE FROM log WHERE number = ?", arguments: [number])
    }

    /// The checkpoint that was published last, as its note's bytes, if one was.
    func checkpoint(_ db: Database) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT checkpoint FROM log WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [number])?.value("checkpoint", as: Data?.self).map { Array($0) }
    }

    /// The size of the tree that a note is of, if it is one of this program.
    private static func size(_ note: [UInt8]) -> UInt64? {
        let text = (try? SignedNote(decoding: note))?.unverifiedText
        return text?.split(separator: "\n").dropFirst().first.flatMap { UInt64($0) }
    }

    /// Keeps a checkpoint as the one that was published last, unless one of a larger tree was.
    func setCheckpoint(_ db: Database, _ note: [UInt8]) throws {
        // Of several that are written at the same time the newest stays: what was shown is not taken back.
        if let known = try checkpoint(db).flatMap(Self.size), let new = Self.size(note), new < known { return }
        try db.execute(
            sql: """
                INSERT INTO log (number, size, edge, checkpoint) VALUES (?1, 0, x'', ?2)
                ON CONFLICT (number) DO UPDATE SET checkpoint = excluded.checkpoint
                """, arguments: [number, Data(note)])
    }
}
