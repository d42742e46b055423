import Foundation
import GRDB
package import KeySchedule
import LibSodium
package import PrivacyPass
import SQLiteSupport

/// A key as it is on record.
package struct StoredKey: Sendable, Hashable {
    /// What is public about it.
    package let record: KeyRecord
    /// Whether an admin said that it shall have no successor.
    package let isRetired: Bool
    /// Whether it is on the revocation list.
    package let isRevoked: Bool
    /// From when its capability is revoked, if it is.
    package let capabilityRevoked: UnixTime?
    /// How many tokens were issued under it.
    package let issued: Int64

    /// The key and what was decided about it.
    package var standing: KeyStanding { KeyStanding(record, isRevoked: isRevoked, isRetired: isRetired) }

    /// What it may be used for at a time.
    package func state(at time: UnixTime) -> KeyState {
        record.state(at: time, isRevoked: isRevoked || capabilityRevoked.map { $0 <= time } ?? false)
    }
}

extension AuthorityDatabase {
    /// All keys ever, by capability and then by date.
    package func keys() throws -> [StoredKey] { try store.readBlocking(Self.keys) }

    /// Marks a key that shall have no successor; `false` if there is no such key.
    package func retireKey(_ id: TokenKeyID) throws -> Bool {
        try store.writeBlocking { db in
            try db.execute(sql: "UPDATE token_key SET is_retired = 1 WHERE id = ?", arguments: [id.bytes.data])
            return db.changesCount == 1
        }
    }

    /// Lets a key have a successor again; `false` if there is no such key.
    package func resumeKey(_ id: TokenKeyID) throws -> Bool {
        try store.writeBlocking { db in
            try db.execute(sql: "UPDATE token_key SET is_retired = 0 WHERE id = ?", arguments: [id.bytes.data])
            return db.changesCount == 1
        }
    }

    /// Whether a key whose id ends with this byte cannot be stored now.
    package func isTruncatedIDInUse(_ byte: UInt8, tokenType: TokenType) throws -> Bool {
        try store.readBlocking { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM token_key WHERE token_type = ? AND truncated = ?)",
                arguments: [tokenType.rawValue, byte]) ?? false
        }
    }

    static func keys(_ db: Database) throws -> [StoredKey] {
        let (revoked, capabilities) = try (revokedKeys(db), revokedCapabilities(db))
        let sql = "SELECT * FROM token_key ORDER BY capability, not_before, issue_until, id"
        return try Row.fetchAll(db, sql: sql).map { row in
            let record = try record(row)
            return try StoredKey(
                record: record, isRetired: row.value("is_retired"), isRevoked: revoked.contains(record.id),
                capabilityRevoked: capabilities[record.capability], issued: row.value("issued"))
        }
    }

    static func record(_ row: Row) throws -> KeyRecord {
        let record = try? KeyRecord(
            capability: row.capability("capability"), tokenType: TokenType(rawValue: row.value("token_type")),
            publicKey: Array(row.value("public_key", as: Data.self)),
            notBefore: UnixTime(seconds: row.value("not_before")),
            issueUntil: UnixTime(seconds: row.value("issue_until")),
            acceptUntil: UnixTime(seconds: row.value("accept_until")))
        guard let record, try record.id.bytes == row.bytes32("id") else { throw UnreadableRow() }
        return record
    }

    static func insert(_ db: Database, _ record: KeyRecord) throws {
        try db.execute(
            sql: """
                INSERT INTO token_key
                    (id, capability, token_type, public_key, truncated, not_before, issue_until, accept_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                record.id.bytes.data, record.capability.name, record.tokenType.rawValue, Data(record.publicKey),
                record.id.truncated, record.notBefore.seconds, record.issueUntil.seconds, record.acceptUntil.seconds,
            ])
        guard db.changesCount == 1 else { throw KeyInsertionError.truncatedIDInUse }
    }

    static func setDates(_ db: Database, of record: KeyRecord) throws {
        try db.execute(
            sql: "UPDATE token_key SET not_before = ?, issue_until = ?, accept_until = ? WHERE id = ?",
            arguments: [
                record.notBefore.seconds, record.issueUntil.seconds, record.acceptUntil.seconds, record.id.bytes.data,
            ])
    }
}
