internal import Dispatch
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

    /// Takes entries of the revocation list, which have to lead from the present end of the list to the head.
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
            next = try await Self.offPool { () throws(RevocationError) in try base.applying(entries, upTo: head) }
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
            try Self.append(entries, to: db)
            try Self.store(head, in: db)
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

    /// Computes on a thread that others do not wait for: a long list takes a second.
    private static func offPool(
        _ work: @escaping @Sendable () throws(RevocationError) -> RevocationList
    ) async throws(RevocationError) -> RevocationList {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(RevocationError) in try work() })
            }
        }
        return try result.get()
    }
}
