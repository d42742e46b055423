import ClearingStore
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Synchronization

/// What an authority signs and publishes, made with the real types and keys of its own.
final class TestAuthority: Sendable {
    /// The issuer's name.
    var issuer: String { state.withLock { $0.issuer } }
    private let deliveryKey = Ed25519.PrivateKey()
    private let revocationKey = Ed25519.PrivateKey()
    private let state: Mutex<State>

    private struct State {
        var issuer: String
        var entries: [RevocationEntry] = []
        var delivered: [DeliveredKey] = []
        var sequence: UInt64 = 0
        var isPublicOnly = false
    }

    init(issuer: String = "issuer.example") { state = Mutex(State(issuer: issuer)) }

    /// Says from now on that servers are trusted with public keys alone.
    func trustWithPublicKeysAlone() { state.withLock { $0.isPublicOnly = true } }

    /// Gives the issuer another name.
    func rename(_ name: String) { state.withLock { $0.issuer = name } }

    var key: AuthorityKey { AuthorityKey(deliveryKey.publicKey) }
    var publicDeliveryKey: Ed25519.PublicKey { deliveryKey.publicKey }

    /// What is delivered.
    var records: [KeyRecord] { state.withLock { $0.delivered.map(\.record) } }

    /// Seals a key to a server and counts the delivery's sequence up.
    func deliver(_ mint: TestMint, record: KeyRecord? = nil, to identity: ClearingIdentity) {
        guard let sealed = identity.publicKey.seal(mint.secret()) else { return }
        deliver(DeliveredKey(record: record ?? mint.record, sealedSecret: sealed))
    }

    /// Puts a key in the place of one with the same id, or at the end.
    func deliver(_ key: DeliveredKey) {
        state.withLock {
            $0.delivered.removeAll { $0.record.id == key.record.id }
            $0.delivered.append(key)
            $0.sequence += 1
        }
    }

    /// Takes a key out of the deliveries.
    func withdraw(_ id: TokenKeyID) {
        state.withLock {
            $0.delivered.removeAll { $0.record.id == id }
            $0.sequence += 1
        }
    }

    /// The delivery as it is now, or with another sequence.
    func delivery(to verifier: VerifierID, sequence: UInt64? = nil) -> String {
        let state = state.withLock { $0 }
        return KeyDeliveryDocument(
            issuer: state.issuer, verifier: verifier, sequence: sequence ?? state.sequence,
            revocationKey: revocationKey.publicKey, keys: state.delivered, isPublicOnly: state.isPublicOnly
        ).signed(with: deliveryKey)
    }

    /// Appends an entry, dated 1970-01-01 unless told otherwise.
    func revoke(_ subject: RevocationEntry.Subject, from day: UnixTime = UnixTime(seconds: 0)) {
        state.withLock {
            $0.entries.append(
                RevocationEntry(
                    sequence: UInt64($0.entries.count + 1), subject: subject, reason: .unspecified,
                    effective: day))
        }
    }

    /// Forgets everything that was revoked: what a list rolled back looks like.
    func forgetRevocations() { state.withLock { $0.entries = [] } }

    /// The entries after a place, with the head of the whole list.
    func page(after: UInt64, at time: UnixTime) throws -> RevocationPage {
        let entries = state.withLock { $0.entries }
        return RevocationPage(
            entries: Array(entries.dropFirst(Int(after))), signedHead: try signedHead(of: entries, at: time))
    }

    /// The head of the list as it is, signed.
    func signedHead(at time: UnixTime) throws -> String {
        try signedHead(of: state.withLock { $0.entries }, at: time)
    }

    /// A delta with the entries after a place, at most as many as it holds.
    func delta(after: UInt64) -> RevocationDelta? {
        let entries = state.withLock { $0.entries }
        let rest = entries.dropFirst(Int(clamping: after)).prefix(RevocationDelta.maximumEntryCount)
        return RevocationDelta(after: after, entries: Array(rest))
    }

    private func signedHead(of entries: [RevocationEntry], at time: UnixTime) throws -> String {
        var list = RevocationList()
        for entry in entries { try list.append(entry) }
        return RevocationHead(issuer: issuer, size: list.size, root: list.root, time: time)
            .signed(with: revocationKey)
    }
}

/// Entries of the revocation list and the signed head that they lead to.
struct RevocationPage {
    let entries: [RevocationEntry]
    let signedHead: String
}
