import Foundation
import GRDB
package import KeySchedule
package import LibSodium
package import PrivacyPass
import SQLiteSupport

/// What the authority once settled on and keeps.
package struct AuthoritySettings: Sendable, Hashable {
    /// The issuer's name; every token is bound to it, so it does not change once there is one.
    package var issuerName: ServerName?
    /// The public key that signs revocation heads.
    package var revocationKey: Ed25519.PublicKey?
    /// The public key that signs key deliveries.
    package var deliveryKey: Ed25519.PublicKey?
    /// The public key that signs checkpoints of the key log.
    package var keyLogKey: Ed25519.PublicKey?
    /// The public key that signs checkpoints of the log of the revocation list's heads.
    package var revocationLogKey: Ed25519.PublicKey?
    /// The number of the log of the revocation list's heads: 1, and one more after each restore.
    package var headLog: Int64
    /// The public key that signs key deliveries as base64url: what a clearing server pins.
    package var deliveryKeyText: String? { deliveryKey.map(Self.text) }
    /// The public key that signs the revocation list's heads, as base64url.
    package var revocationKeyText: String? { revocationKey.map(Self.text) }

    private static func text(_ key: Ed25519.PublicKey) -> String { Base64URL.encode(key.encoded.bytes, padded: false) }

    /// Settings as far as they are known.
    package init(
        issuerName: ServerName? = nil, revocationKey: Ed25519.PublicKey? = nil, deliveryKey: Ed25519.PublicKey? = nil,
        keyLogKey: Ed25519.PublicKey? = nil, revocationLogKey: Ed25519.PublicKey? = nil, headLog: Int64 = 1
    ) {
        self.issuerName = issuerName
        self.revocationKey = revocationKey
        self.deliveryKey = deliveryKey
        self.keyLogKey = keyLogKey
        self.revocationLogKey = revocationLogKey
        self.headLog = headLog
    }
}

extension AuthorityDatabase {
    /// The settings as far as they were made.
    package func settings() throws -> AuthoritySettings {
        try store.readBlocking { db in
            func value<T: DatabaseValueConvertible>(_ name: String, as type: T.Type) throws -> T? {
                try T.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
            }
            func key(_ name: String) throws -> Ed25519.PublicKey? {
                try value(name, as: Data.self).flatMap { Bytes32($0) }.map { Ed25519.PublicKey($0) }
            }
            return try AuthoritySettings(
                issuerName: value("issuer-name", as: String.self).flatMap { try? ServerName($0) },
                revocationKey: key("revocation-key"), deliveryKey: key("delivery-key"), keyLogKey: key("key-log-key"),
                revocationLogKey: key("revocation-log-key"), headLog: value("head-log", as: Int64.self) ?? 1)
        }
    }

    /// Whether any token was ever issued.
    package func hasIssued() throws -> Bool {
        try store.readBlocking {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM token_key WHERE issued > 0)") == true
        }
    }

    /// Keeps the issuer's name.
    package func setIssuerName(_ name: ServerName) throws { try set("issuer-name", name.text) }

    /// The time up to which ended keys may be forgotten; at the very first call the present time, which is kept.
    package func housekeepingTime() throws -> UnixTime {
        let now = time.now().wall
        return try store.writeBlocking { db in
            let sql = "SELECT value FROM setting WHERE name = 'housekeeping-time'"
            if let known = try Int64.fetchOne(db, sql: sql) { return UnixTime(seconds: known) }
            try Self.set(db, "housekeeping-time", now.seconds)
            return now
        }
    }

    /// Keeps the time up to which ended keys may be forgotten.
    package func setHousekeepingTime(_ time: UnixTime) async throws {
        try await store.write { try Self.set($0, "housekeeping-time", time.seconds) }
    }

    /// Keeps the public keys that sign, as far as they are given.
    package func setSigningKeys(_ keys: AuthoritySettings) throws {
        try store.writeBlocking { db in
            let named = [
                ("revocation-key", keys.revocationKey), ("delivery-key", keys.deliveryKey),
                ("key-log-key", keys.keyLogKey), ("revocation-log-key", keys.revocationLogKey),
            ]
            for (name, key) in named { if let key { try Self.set(db, name, key.encoded.data) } }
        }
    }

    private func set(_ name: String, _ value: some DatabaseValueConvertible) throws {
        try store.writeBlocking { try Self.set($0, name, value) }
    }

    static func set(_ db: Database, _ name: String, _ value: some DatabaseValueConvertible) throws {
        try db.execute(
            sql: "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [name, value])
    }
}
