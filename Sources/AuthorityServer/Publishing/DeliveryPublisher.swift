import AuthorityKeys
import AuthorityStore
import KeyDelivery
import PrivacyPass
import Synchronization

/// Publishes to each trusted verifier the keys that are sealed to it.
final class DeliveryPublisher: Sendable {
    private let authority: Authority
    private let latest = Mutex<[VerifierID: (sequence: UInt64, publication: Publication)]>([:])

    init(_ authority: Authority) { self.authority = authority }

    /// Whether the trust in a verifier is revoked, and not only absent.
    func isRevoked(_ verifier: VerifierID) async throws -> Bool { try await authority.database.isRevoked(verifier) }

    /// The signed document for a verifier; `nil` for one that is not trusted.
    func document(for verifier: VerifierID) async throws -> Publication? {
        guard let state = try await authority.database.deliveries(to: verifier) else {
            latest.withLock { _ = $0.removeValue(forKey: verifier) }
            return nil
        }
        if let known = latest.withLock({ $0[verifier] }), known.sequence == state.sequence { return known.publication }
        let text = try authority.signedDelivery(to: verifier, sequence: state.sequence, keys: state.keys)
        let publication = Publication(Array(text.utf8))
        latest.withLock { $0[verifier] = (state.sequence, publication) }
        return publication
    }
}
