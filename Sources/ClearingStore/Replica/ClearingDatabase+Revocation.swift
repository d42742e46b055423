internal import Foundation
internal import GRDB
internal import JOSE
internal import KeyDelivery
package import KeySchedule
internal import LibSodium
internal import PortesVerifier
package import Revocation
internal import SQLiteSupport
internal import Synchronization

extension ClearingDatabase {
    /// What a head did that was fetched.
    package enum HeadOutcome: Sendable, Hashable {
        /// The list counts as fresh from the fetch on.
        case current
        /// Head and local clock differ by more than 60 s, so that the list is not fresh for it.
        case clocksDiffer
    }

    /// How many entries the list here has: what to ask the authority for entries after.
    package var revocationSize: UInt64 { state.verifier.revocations.size }

    /// Takes a piece of the revocation list, whose entries have to lead from the present end of the list to the head.
    ///
    /// `fetchedAt` is when the request was sent. Entries are durable and in force when this returns. Throws
    /// ``ReplicationError`` and changes nothing if the head is not the authority's, is older than one taken before,
    /// or does not fit the list; or ``StoreError``.
    package func take(
        revocations entries: [RevocationEntry], signedHead: String, fetchedAt: Moment
    ) async throws -> HeadOutcome {
        let head = try verified(signedHead)
        let base = state.verifier.revocations
        let next: RevocationList
        do {
            next = try base.applying(entries, upTo: head)
        } catch {
            throw ReplicationError.revocation(error)
        }
        try await store.write { db in
            let known = try Self.storedHead(db)
            // A head from a time yet to come was signed while a calendar was wrong. It says nothing about what came
            // before, and must not keep out every head until that time.
            let latest = fetchedAt.wall.adding(seconds: Int64(RevocationFreshness.tolerance))
            if let known, known.time <= latest, head.time < known.time {
                throw ReplicationError.revocation(.rollback)
            }
            // Somebody else appended since the list was read.
            guard (known?.size ?? 0) == base.size else { throw ReplicationError.revocation(.gap) }
            try Self.append(entries, head, to: db)
        }
        replica.withLock { replica in
            replica.headTime = head.time
            state.update { verifier in
                var verifier = verifier
                verifier.revocations = next
                return verifier
            }
        }
        return refresh(headTime: head.time, fetchedAt: fetchedAt)
    }

    /// Notes that the authority answered that its head is still the one known here.
    package func noteUnchangedHead(fetchedAt: Moment) -> HeadOutcome {
        guard let headTime = replica.withLock({ $0.headTime }) else { return .clocksDiffer }
        return refresh(headTime: headTime, fetchedAt: fetchedAt)
    }

    private func refresh(headTime: UnixTime, fetchedAt: Moment) -> HeadOutcome {
        guard let freshness = RevocationFreshness(headTime: headTime, fetchedAt: fetchedAt) else {
            return .clocksDiffer
        }
        state.update { verifier in
            var verifier = verifier
            verifier.freshness = freshness
            return verifier
        }
        return .current
    }

    /// The head in a text that the authority signed; throws ``ReplicationError`` for any other text.
    package func verified(_ signedHead: String) throws -> RevocationHead {
        guard let delivery = replica.withLock({ $0.delivery }) else { throw ReplicationError.nothingDelivered }
        do {
            let head = try RevocationHead(verifying: signedHead, key: delivery.revocationKey)
            guard head.issuer == delivery.issuer else { throw ReplicationError.revocation(.wrongIssuer) }
            return head
        } catch let error as JSONWebSignature.VerificationError {
            throw ReplicationError.signature(error)
        }
    }

    private static func append(_ entries: [RevocationEntry], _ head: RevocationHead, to db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO revocation (sequence, entry) VALUES (?, ?)")
        for entry in entries {
            try insert.execute(arguments: [Int64(clamping: entry.sequence), Data(entry.encoded)])
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO revocation_head (only, size, root, time) VALUES (1, ?, ?, ?)",
            arguments: [Int64(clamping: head.size), Data(head.root.bytes), head.time.seconds])
    }

    private static func storedHead(_ db: Database) throws -> (size: UInt64, root: Bytes32, time: UnixTime)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT size, root, time FROM revocation_head") else { return nil }
        guard let size = UInt64(exactly: try row.value("size", as: Int64.self)),
            let root = Bytes32(try row.value("root", as: Data.self))
        else {
            throw ClearingStoreError.damaged("the revocation list")
        }
        return (size, root, UnixTime(seconds: try row.value("time")))
    }

    /// The stored list, with the time of its head; throws ``ClearingStoreError/damaged(_:)`` unless both fit.
    static func loadRevocations(_ db: Database) throws -> (RevocationList, UnixTime?) {
        var list = RevocationList()
        let rows = try Data.fetchCursor(db, sql: "SELECT entry FROM revocation ORDER BY sequence")
        do {
            while let bytes = try rows.next() { try list.append(RevocationEntry(decoding: Array(bytes))) }
        } catch where !(error is DatabaseError) {
            throw ClearingStoreError.damaged("the revocation list")
        }
        let head = try storedHead(db)
        guard list.size == head?.size ?? 0, list.root == head?.root ?? RevocationEntry.emptyRoot else {
            throw ClearingStoreError.damaged("the revocation list")
        }
        return (list, head?.time)
    }
}
