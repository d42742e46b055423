internal import Foundation
internal import GRDB
internal import KeyDelivery
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport
internal import Synchronization

extension ClearingDatabase {
    /// Whether it is known who delivers keys.
    package var hasAuthority: Bool { replica.withLock { $0.authority != nil } }

    /// Pins the authority's key on first use, for good. Throws ``ClearingStoreError/pinned(name:value:asked:)`` if
    /// another one is pinned, or ``StoreError``.
    package func trust(_ authority: AuthorityKey) async throws {
        try await store.write { try ClearingPins.pin($0, "authority", authority.text, replacingIf: false) }
        replica.withLock { $0.authority = authority }
    }

    /// Takes a key delivery as it came: checked, stored, and only then used. Answers whether it was news.
    ///
    /// Throws ``ReplicationError`` and changes nothing if the document is not the authority's, not for this server,
    /// older than one taken before, or holds a secret that does not match;
    /// ``ClearingStoreError/pinned(name:value:asked:)`` if it is of another issuer than before and tokens were spent
    /// here; or ``StoreError``.
    @discardableResult
    package func take(delivery text: String) async throws -> Bool {
        let document = try KeyDeliveryDocument(verifying: text, authority: replica.withLock { $0.authority })
        guard (try? ServerName(document.issuer)) != nil else { throw ReplicationError.invalidIssuer }
        guard let sequence = Int64(exactly: document.sequence) else { throw ReplicationError.rollback }
        let keys = try document.opened(with: identity)
        let isNews = try await store.write { db in
            let known = try Int64.fetchOne(db, sql: "SELECT sequence FROM delivery")
            if let known, sequence < known { throw ReplicationError.rollback }
            try ClearingPins.pinIssuer(db, document.issuer)
            try db.execute(
                sql: "INSERT OR REPLACE INTO delivery (only, sequence, document) VALUES (1, ?, ?)",
                arguments: [sequence, text])
            for key in keys { try Self.openLedger(db, key.record) }
            return known != sequence
        }
        replica.withLock { replica in
            // Another delivery may have overtaken this one since its commit.
            if let present = replica.delivery, present.sequence > document.sequence { return }
            replica.delivery = document
            use(keys)
        }
        return isNews
    }

    /// A ledger for a key that has none yet; one with a tombstone stays closed.
    private static func openLedger(_ db: Database, _ record: KeyRecord) throws {
        let id = Data(record.id.bytes.bytes)
        let known = try Int64.fetchOne(db, sql: "SELECT number FROM ledger WHERE key_id = ?", arguments: [id])
        guard known == nil else {
            return try db.execute(
                sql: "UPDATE ledger SET accept_until = ? WHERE key_id = ? AND final_count IS NULL",
                arguments: [record.acceptUntil.seconds, id])
        }
        if let floor = try lostLedgers(db).floor, record.notBefore <= floor {
            // Tokens of it may have been spent here before the ledger was lost.
            return try db.execute(
                sql: "INSERT INTO ledger (key_id, accept_until, final_count, is_lower_bound) VALUES (?, ?, 0, 1)",
                arguments: [id, record.acceptUntil.seconds])
        }
        try db.execute(
            sql: "INSERT INTO ledger (key_id, accept_until) VALUES (?, ?)",
            arguments: [id, record.acceptUntil.seconds])
        try ClearingSchema.createSpent(db, number: db.lastInsertedRowID)
    }
}
