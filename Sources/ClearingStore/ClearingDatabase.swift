internal import GRDB
internal import KeyDelivery
package import KeySchedule
internal import LibSodium
package import PortesVerifier
package import PrivacyPass
internal import Revocation
package import SQLiteSupport
internal import Synchronization

/// Everything that a clearing server keeps: what was spent, the keys delivered to it, the revocation list.
package final class ClearingDatabase: Sendable {
    /// The verifier made of what is stored and of what arrives.
    package let state: VerifierState
    /// The ledger over this database.
    package let ledger: SQLiteSpendLedger

    let store: SQLiteStore
    let identity: ClearingIdentity
    private let capabilities: Set<Capability>?
    let time: any TimeSource
    let replica: Mutex<Replica>

    /// What is known of the authority's documents; changes only after the database has changed.
    struct Replica {
        var authority: AuthorityKey?
        var delivery: KeyDeliveryDocument?
        var headTime: UnixTime?
    }

    /// Opens the database in `directory` and makes a verifier of what is stored; revocation counts as stale until a
    /// head is fetched in this run. Blocks.
    ///
    /// Only tokens of `capabilities` are verified; `nil` for all that keys are delivered of. Throws
    /// ``ClearingStoreError`` if the directory has other pins or is damaged, ``ReplicationError`` if the stored keys
    /// are not for this identity, or ``StoreError``.
    package init(
        in directory: DataDirectory, identity: ClearingIdentity, pins: ClearingPins,
        capabilities: Set<Capability>? = nil, limits: FreshnessLimits = FreshnessLimits(),
        time: any TimeSource = SystemTimeSource()
    ) throws {
        store = try SQLiteStore(in: directory, migrator: ClearingSchema.migrator)
        self.identity = identity
        self.capabilities = capabilities
        self.time = time
        let stored = try store.writeBlocking { db in
            let authority = try pins.check(db)
            let (revocations, headTime) = try Self.loadRevocations(db)
            let text = try String.fetchOne(db, sql: "SELECT document FROM delivery")
            let delivery = try text.map { try KeyDeliveryDocument(verifying: $0, authority: authority) }
            return (
                revocations: revocations, lost: try Self.lostLedgers(db),
                replica: Replica(authority: authority, delivery: delivery, headTime: headTime)
            )
        }
        let keys = try stored.replica.delivery?.opened(with: identity) ?? []
        var verifier = Verifier(
            keys: [], revocations: stored.revocations, freshness: .never, limits: limits, id: identity.id)
        verifier.lost = stored.lost
        state = VerifierState(verifier)
        replica = Mutex(stored.replica)
        ledger = SQLiteSpendLedger(store: store, state: state, audience: pins.origin.text, time: time)
        use(keys)
    }

    /// Verifies with these keys from now on, as far as they are of an accepted capability.
    func use(_ keys: [VerificationKey]) {
        let accepted = keys.filter { capabilities?.contains($0.record.capability) ?? true }
        state.update { $0.replacingKeys(with: accepted) }
    }

    /// The issuer's name, once keys were delivered.
    package var issuer: ServerName? {
        replica.withLock { $0.delivery.flatMap { try? ServerName($0.issuer) } }
    }

    /// Whether the authority trusts this server with public keys alone, so that keys of other types never come.
    package var isPublicOnly: Bool { replica.withLock { $0.delivery?.isPublicOnly ?? false } }

    /// Whether keys were ever delivered here, so that tokens may have been spent and receipts signed. Blocks.
    package func hasServed() throws -> Bool {
        try store.readBlocking { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM ledger)") ?? false }
    }

    /// Closes the database. Blocks until running work is done.
    package func close() throws { try store.close() }
}
