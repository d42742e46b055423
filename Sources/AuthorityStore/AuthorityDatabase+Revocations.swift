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
    /// Appends what is revoked, dated today; returns the entry, or the one that revoked it before.
    package func revoke(_ subject: RevocationEntry.Subject, reason: RevocationReason) throws -> RevocationEntry {
        try store.writeBlocking { try Self.revoke($0, subject, reason: reason, at: time.now().wall) }
    }

    static func revoke(
        _ db: Database, _ subject: RevocationEntry.Subject, reason: RevocationReason, at now: UnixTime
    ) throws -> RevocationEntry {
        let known = try Data.fetchOne(
            db, sql: "SELECT entry FROM revocation WHERE subject = ?", arguments: [Self.subject(of: subject)])
        if let known { return try Self.entry(known) }
        let stand = try Self.revocationStand(db)
        guard stand.size < UInt64(Int64.max) else { throw UnreadableRow() }
        let entry = RevocationEntry(sequence: stand.size + 1, subject: subject, reason: reason, effective: now)
        try db.execute(
            sql: "INSERT INTO revocation VALUES (?, ?, ?, ?)",
            arguments: [
                Int64(entry.sequence), Self.subject(of: subject), Data(entry.encoded),
                entry.root(after: stand.root).data,
            ])
        return entry
    }

    /// Where the list stands.
    package func revocationStand() async throws -> RevocationStand { try await store.read(Self.revocationStand) }

    /// Where the list stands, and at most `limit` encoded entries that follow the first `after`, read at one time.
    package func encodedRevocations(after: UInt64, limit: Int) async throws -> (
        stand: RevocationStand, entries: [[UInt8]]
    ) {
        try await store.read {
            (try Self.revocationStand($0), try Self.encoded($0, after: after, limit: limit).map { Array($0) })
        }
    }

    /// Where the list stands, and all its entries. Blocks.
    package func revocations() throws -> (stand: RevocationStand, entries: [RevocationEntry]) {
        try store.readBlocking {
            (try Self.revocationStand($0), try Self.encoded($0, after: 0, limit: .max).map(Self.entry))
        }
    }

    private static func encoded(_ db: Database, after: UInt64, limit: Int) throws -> [Data] {
        try Data.fetchAll(
            db, sql: "SELECT entry FROM revocation WHERE sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [Int64(clamping: after), limit])
    }

    private static func entry(_ data: Data) throws -> RevocationEntry {
        guard let entry = try? RevocationEntry(decoding: Array(data)) else { throw UnreadableRow() }
        return entry
    }

    private static func revocationStand(_ db: Database) throws -> RevocationStand {
        let row = try Row.fetchOne(db, sql: "SELECT sequence, root FROM revocation ORDER BY sequence DESC LIMIT 1")
        guard let row else { return RevocationStand(size: 0, root: RevocationEntry.emptyRoot) }
        return try RevocationStand(size: row.value("sequence"), root: row.bytes32("root"))
    }

    /// Every entry must lead to the next root: a damaged list is found here, not by those who replicate it.
    func checkRevocationChain() throws {
        let holds = try store.readBlocking { db in
            var list = (size: UInt64(0), root: RevocationEntry.emptyRoot)
            let rows = try Row.fetchCursor(db, sql: "SELECT subject, entry, root FROM revocation ORDER BY sequence")
            while let row = try rows.next() {
                let subject = try row.value("subject", as: Data.self)
                guard let entry = try? Self.entry(row.value("entry")), entry.sequence == list.size + 1,
                    Self.subject(of: entry.subject) == subject, try entry.root(after: list.root) == row.bytes32("root")
                else { return false }
                list = (entry.sequence, entry.root(after: list.root))
            }
            return true
        }
        guard holds else { throw StoreError.corrupt(path: store.path) }
    }

    static func revokedKeys(_ db: Database) throws -> Set<TokenKeyID> {
        // The subject of a key is shorter than that of a token.
        let subjects = try Data.fetchAll(db, sql: "SELECT subject FROM revocation WHERE length(subject) = 32")
        return Set(subjects.compactMap { Bytes32($0) }.map { TokenKeyID($0) })
    }

    /// What is revoked as one value: `key id (32)`, or `key id (32) ‖ nullifier (16)`.
    static func subject(of subject: RevocationEntry.Subject) -> Data {
        switch subject {
        case .key(let id): id.bytes.data
        case .token(let nullifier, let id): id.bytes.data + Data(nullifier.bytes)
        }
    }
}
