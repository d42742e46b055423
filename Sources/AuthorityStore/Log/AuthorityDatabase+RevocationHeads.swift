package import Revocation
import SQLiteSupport

extension AuthorityDatabase {
    /// Makes a head of the revocation list as it stands and appends it to the log of heads, in one transaction, which
    /// is durable when this returns.
    ///
    /// `head` runs on the database's own thread. Throws ``StoreError``.
    package func appendRevocationHead(
        _ head: @escaping @Sendable (RevocationStand) -> RevocationHead
    ) async throws -> RevocationHead {
        try await store.write { db in
            let head = try head(Self.revocationStand(db))
            try StoredLog.revocationHeads.append(db, [head.encoded])
            return head
        }
    }

    /// ``appendRevocationHead(_:)`` for code that may block.
    package func appendRevocationHeadBlocking(
        _ head: (RevocationStand) -> RevocationHead
    ) throws -> RevocationHead {
        try store.writeBlocking { db in
            let head = try head(Self.revocationStand(db))
            try StoredLog.revocationHeads.append(db, [head.encoded])
            return head
        }
    }
}
