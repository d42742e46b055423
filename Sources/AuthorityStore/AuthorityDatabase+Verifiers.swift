import Foundation
import GRDB
package import KeyDelivery
package import LibSodium
package import PrivacyPass
import SQLiteSupport

/// A clearing server that the admin trusts with keys.
package struct TrustedVerifier: Sendable, Hashable {
    /// The id, which follows from the identity key.
    package var id: VerifierID { VerifierID(of: identityKey) }
    /// The name that the admin gave it.
    package let name: String
    /// The key that secrets are sealed to.
    package let identityKey: SealedBox.PublicKey
    /// The key that it signs redeemed counts with; `nil` for a server that hands over none.
    package let countKey: Ed25519.PublicKey?
    /// Both keys as the server prints them: 86 characters of base64url, or 43 without the second.
    package var identityText: String { VerifierIdentity(sealing: identityKey, counts: countKey).text }
    /// The capabilities that it verifies tokens of, sorted.
    package let capabilities: [Capability]
    /// Whether it is trusted with public keys alone, so that no secret is ever sealed to it.
    package let isPublicOnly: Bool

    /// A verifier from its parts.
    package init(
        name: String, identityKey: SealedBox.PublicKey, countKey: Ed25519.PublicKey? = nil, capabilities: [Capability],
        isPublicOnly: Bool = false
    ) {
        self.isPublicOnly = isPublicOnly
        self.name = name
        self.countKey = countKey
        self.identityKey = identityKey
        self.capabilities = Set(capabilities).sorted()
    }

    /// A verifier whose identity is given as its server prints it; `nil` if it is none, see ``VerifierIdentity``.
    package init?(name: String, identityText: String, capabilities: [Capability], isPublicOnly: Bool = false) {
        guard let identity = VerifierIdentity(text: identityText) else { return nil }
        self.init(
            name: name, identityKey: identity.sealing, countKey: identity.counts, capabilities: capabilities,
            isPublicOnly: isPublicOnly)
    }
}

extension TrustedVerifier {
    /// Whether it gets keys of a type: of one whose tokens take a secret to verify, those that may have secrets alone.
    package func gets(_ tokenType: TokenType) -> Bool { !isPublicOnly || tokenType.isPubliclyVerifiable }
}

/// One key's secret, sealed to one verifier.
package struct VerifierDelivery: Sendable, Hashable {
    /// The verifier that it is sealed to.
    package let verifier: VerifierID
    /// The key.
    package let keyID: TokenKeyID
    /// The sealed secret, 80 bytes for type 0x0005; none for a type that is verified with the public key.
    package let sealed: [UInt8]

    /// A delivery from its parts.
    package init(verifier: VerifierID, keyID: TokenKeyID, sealed: [UInt8]) {
        self.verifier = verifier
        self.keyID = keyID
        self.sealed = sealed
    }
}

/// Why a verifier was not stored: its name or its identity key is that of another one.
package struct VerifierExists: Error, Sendable, Hashable {
    /// Makes the error.
    package init() {}
}

/// Why a verifier was not stored: the trust in this identity is revoked, for good.
package struct VerifierRevoked: Error, Sendable, Hashable {
    /// Makes the error.
    package init() {}
}

extension AuthorityDatabase {
    /// All trusted verifiers, by name.
    package func verifiers() throws -> [TrustedVerifier] {
        try store.readBlocking { db in
            try Row.fetchAll(db, sql: "SELECT * FROM verifier ORDER BY name").map { row in
                let names = try String.fetchAll(
                    db, sql: "SELECT capability FROM verifier_capability WHERE verifier_id = ? ORDER BY capability",
                    arguments: [try row.value("id", as: Data.self)])
                return try TrustedVerifier(
                    name: row.value("name"), identityKey: SealedBox.PublicKey(row.bytes32("identity_key")),
                    countKey: Self.countKey(row), capabilities: names.compactMap { Capability($0) },
                    isPublicOnly: row.value("is_public_only"))
            }
        }
    }

    /// Stores a verifier with the keys that are sealed to it; throws ``VerifierExists`` or ``VerifierRevoked``.
    package func insertVerifier(_ verifier: TrustedVerifier, deliveries: [VerifierDelivery]) throws {
        try store.writeBlocking { db in
            guard try !Self.isRevoked(db, verifier.id) else { throw VerifierRevoked() }
            try db.execute(
                sql: """
                    INSERT INTO verifier (id, name, identity_key, count_key, is_public_only, sequence)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    verifier.id.bytes.data, verifier.name, verifier.identityKey.encoded.data,
                    verifier.countKey?.encoded.data, verifier.isPublicOnly, try Self.nextSequence(db),
                ])
            guard db.changesCount == 1 else { throw VerifierExists() }
            for capability in verifier.capabilities {
                try db.execute(
                    sql: "INSERT INTO verifier_capability VALUES (?, ?)",
                    arguments: [verifier.id.bytes.data, capability.name])
            }
            for delivery in deliveries { try Self.insert(db, delivery) }
        }
    }

    static func countKey(_ row: Row) throws -> Ed25519.PublicKey? {
        guard let data = try row.value("count_key", as: Data?.self) else { return nil }
        guard let bytes = Bytes32(data) else { throw UnreadableRow() }
        return Ed25519.PublicKey(bytes)
    }

    /// Removes a verifier, which gets no further keys; what it has it keeps. `false` if there is none of this name.
    package func removeVerifier(named name: String) throws -> Bool {
        try store.writeBlocking { db in
            try db.execute(sql: "DELETE FROM verifier WHERE name = ?", arguments: [name])
            return db.changesCount == 1
        }
    }

    /// The keys that are sealed to a verifier, and the number of this state of them; `nil` for an unknown verifier.
    package func deliveries(
        to verifier: VerifierID
    ) async throws -> (sequence: UInt64, keys: [DeliveredKey])? {
        try await store.read { try Self.deliveries($0, to: verifier) }
    }

    /// ``deliveries(to:)`` for code that may block.
    package func deliveriesBlocking(to verifier: VerifierID) throws -> (sequence: UInt64, keys: [DeliveredKey])? {
        try store.readBlocking { try Self.deliveries($0, to: verifier) }
    }

    private static func deliveries(
        _ db: Database, to verifier: VerifierID
    ) throws -> (sequence: UInt64, keys: [DeliveredKey])? {
        let id = verifier.bytes.data
        guard
            let sequence = try Int64.fetchOne(db, sql: "SELECT sequence FROM verifier WHERE id = ?", arguments: [id])
        else { return nil }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT k.*, d.sealed FROM delivery d JOIN token_key k ON k.id = d.key_id
                WHERE d.verifier_id = ? ORDER BY k.capability, k.not_before, k.issue_until, k.id
                """,
            arguments: [id])
        let keys = try rows.map { row in
            try DeliveredKey(record: record(row), sealedSecret: Array(row.value("sealed", as: Data.self)))
        }
        return (UInt64(clamping: sequence), keys)
    }

    static func insert(_ db: Database, _ delivery: VerifierDelivery) throws {
        try db.execute(
            sql: "INSERT INTO delivery VALUES (?, ?, ?)",
            arguments: [delivery.verifier.bytes.data, delivery.keyID.bytes.data, Data(delivery.sealed)])
    }

    /// What verifiers of a capability are told has changed.
    static func raiseSequence(_ db: Database, capability: Capability) throws {
        try db.execute(
            sql: """
                UPDATE verifier SET sequence = ?
                WHERE id IN (SELECT verifier_id FROM verifier_capability WHERE capability = ?)
                """,
            arguments: [try nextSequence(db), capability.name])
    }

    /// One counter for all verifiers, so that one that is removed and trusted again does not begin anew.
    private static func nextSequence(_ db: Database) throws -> Int64 {
        let last = try Int64.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'delivery-sequence'") ?? 0
        guard last < .max else { throw UnreadableRow() }
        try set(db, "delivery-sequence", last + 1)
        return last + 1
    }
}
