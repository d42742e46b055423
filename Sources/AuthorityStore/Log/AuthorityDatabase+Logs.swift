import GRDB
package import KeyTransparency
package import LibSodium
import SQLiteSupport

/// What is read of the logs to publish them; everything throws ``StoreError``.
extension AuthorityDatabase {
    /// The size and root of a log as it is stored, published or not.
    package func head(of log: StoredLog) async throws -> TreeHead {
        try await store.read { try log.frontier($0).head }
    }

    /// Where a log stands and the checkpoint that was published last, as its note's bytes, read at one time.
    package func publication(
        of log: StoredLog
    ) async throws -> (head: TreeHead, checkpoint: [UInt8]?) {
        try await store.read { (try log.frontier($0).head, try log.checkpoint($0)) }
    }

    /// Keeps a checkpoint's note as the one that was published last.
    package func publish(_ note: [UInt8], of log: StoredLog) async throws {
        try await store.write { try log.setCheckpoint($0, note) }
    }

    /// The bytes of a tile of the tree of a log's first `size` leaves; `nil` if that tree has no such tile, or the log
    /// is not that long.
    package func bytes(of tile: Tile, in log: StoredLog, size: UInt64) async throws -> [UInt8]? {
        try await store.read { db in
            guard try size <= log.frontier(db).size else { return nil }
            return try log.bytes(db, of: tile, size: size)
        }
    }

    /// The checkpoint of a log that was published last, as its note's bytes. Blocks.
    package func publishedCheckpoint(of log: StoredLog) throws -> [UInt8]? {
        try store.readBlocking { try log.checkpoint($0) }
    }

    /// ``bytes(of:in:size:)`` for code that may block.
    package func bytesBlocking(of tile: Tile, in log: StoredLog, size: UInt64) throws -> [UInt8]? {
        try store.readBlocking { try log.bytes($0, of: tile, size: size) }
    }

    /// The proof that a log's tree of `size` leaves begins with that of `old`; `nil` if there is none.
    package func consistencyProof(
        in log: StoredLog, from old: UInt64, to size: UInt64
    ) async throws -> [Bytes32]? {
        try await store.read { try log.consistencyProof($0, from: old, to: size) }
    }

    /// Appends entries, each of at most 65,535 bytes, to a log that is not the key log, durably and in one transaction.
    package func append(_ entries: [[UInt8]], to log: StoredLog) async throws {
        precondition(log != .keys, "the key log has rules of its own")
        try await store.write { try log.append($0, entries) }
    }
}
