import Foundation
import GRDB
import KeySchedule
package import LibSodium
import PrivacyPass
package import Revocation
import SQLiteSupport

/// Where the revocation list stands.
package struct RevocationStand: Sendable, Hashable {
    /// The number of entries.
    package let size: UInt64
    /// The root over all entries, 32 bytes.
    package let root: Bytes32
}

extension AuthorityDatabase {
    /// Where the list stands.
    package func revocationStand() async throws -> RevocationStand { try await store.read(Self.revocationStand) }

    /// At most `limit` encoded entries that follow the first `after`.
    package func encodedRevocations(after: UInt64, limit: Int) async throws -> [[UInt8]] {
        try await store.read { try Self.encoded($0, after: after, limit: limit).map { Array($0) } }
    }

    /// Where the list stands, and at most `limit` of its entries that follow the first `after`. Blocks.
    package func revocations(
        after: UInt64 = 0, limit: Int = .max
    ) throws -> (stand: RevocationStand, entries: [RevocationEntry]) {
        try store.readBlocking {
            (try Self.revocationStand($0), try Self.encoded($0, after: after, limit: limit).map(Self.entry))
        }
    }

    private static func encoded(_ db: Database, after: UInt64, limit: Int) throws -> [Data] {
        try Data.fetchAll(
            db, sql: "SELECT entry FROM revocation WHERE sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [Int64(clamping: after), limit])
    }

    static func entry(_ data: Data) throws -> RevocationEntry {
        guard let entry = try? RevocationEntry(decoding: Array(data)) else { throw UnreadableRow() }
        return entry
    }

    static func revocationStand(_ db: Database) throws -> RevocationStand {
        let row = try Row.fetchOne(db, sql: "SELECT sequence, root FROM revocation ORDER BY sequence DESC LIMIT 1")
        guard let row else { return RevocationStand(size: 0, root: RevocationEntry.emptyRoot) }
        return try RevocationStand(size: row.value("sequence"), root: row.bytes32("root"))
    }

    /// Every entry must lead to the next root: a damaged list is found here, not by those who replicate it.
    func checkRevocationChain() throws {
        let holds = try store.readBlocking { db in
            var list = (size: UInt64(0), root: RevocationEntry.emptyRoot)
            // By number and not by name: there may be a million rows.
            let rows = try Row.fetchCursor(db, sql: "SELECT subject, entry, root FROM revocation ORDER BY sequence")
            while let row = try rows.next() {
                guard let subject = row[0] as Data?, let bytes = row[1] as Data?, let root = row[2] as Data?,
                    let entry = try? Self.entry(bytes), entry.sequence == list.size + 1, entry.storedSubject == subject
                else { return false }
                list = (entry.sequence, entry.root(after: list.root))
                guard Bytes32(root) == list.root else { return false }
            }
            return true
        }
        guard holds else { throw StoreError.corrupt(path: store.path) }
    }
}
