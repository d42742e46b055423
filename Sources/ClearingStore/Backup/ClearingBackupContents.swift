internal import Foundation
internal import GRDB
internal import KeyDelivery
package import KeySchedule
package import LibSodium
package import PrivacyPass
internal import SQLiteSupport

/// What a backup of a clearing server says: nothing in it is secret.
package struct ClearingBackupContents: Sendable {
    /// A key that was delivered to the server.
    package struct Key: Sendable, Hashable {
        /// The key's id.
        package let id: TokenKeyID
        /// How many of its tokens were spent, as far as the backup knows.
        package let count: UInt64
        /// Whether that is all of them: the key's ledger had ended.
        package let isFinal: Bool
    }

    /// When the backup was made, by the clock of the machine.
    package let made: UnixTime
    /// The server's id.
    package let verifier: VerifierID
    /// What the directory is for.
    package let origin: String?
    /// The issuer's name, once keys were delivered.
    package let issuer: String?
    /// The pinned key of the authority, if one was.
    package let authority: AuthorityKey?
    /// The key that signed revocation heads, as the newest delivery names it.
    package let revocationKey: Ed25519.PublicKey?
    /// How many entries the revocation list had.
    package let revocationSize: UInt64
    /// The keys.
    package let keys: [Key]

    init(_ db: Database, made: UnixTime, verifier: VerifierID) throws {
        func pin(_ name: String) throws -> String? {
            try String.fetchOne(db, sql: "SELECT value FROM pin WHERE name = ?", arguments: [name])
        }
        self.made = made
        self.verifier = verifier
        origin = try pin("origin")
        issuer = try pin("issuer")
        let authority = try pin("authority").flatMap { AuthorityKey(text: $0) }
        self.authority = authority
        let delivery = try String.fetchOne(db, sql: "SELECT document FROM delivery")
        revocationKey = delivery.flatMap { text in
            authority.flatMap { try? KeyDeliveryDocument(verifying: text, key: $0.publicKey) }?.revocationKey
        }
        revocationSize = UInt64(
            clamping: try Int64.fetchOne(db, sql: "SELECT size FROM revocation_head") ?? 0)
        keys = try Row.fetchAll(db, sql: "SELECT * FROM ledger ORDER BY key_id").map { try Self.key($0, db) }
    }

    private static func key(_ row: Row, _ db: Database) throws -> Key {
        guard let id = Bytes32(try row.value("key_id", as: Data.self)) else { throw UnreadableRow() }
        let final = try row.value("final_count", as: Int64?.self)
        let table = try ClearingSchema.spent(row.value("number"))
        let count = try final ?? Int64.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
        return Key(
            id: TokenKeyID(id), count: UInt64(clamping: count),
            isFinal: try final != nil && !row.value("is_lower_bound", as: Bool.self))
    }
}
