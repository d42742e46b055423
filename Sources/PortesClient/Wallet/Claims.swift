internal import PrivacyPass
internal import Synchronization

/// Which sent tokens somebody in this process holds at the moment.
final class Claims: Sendable {
    private let nonces = Mutex<Set<Nonce>>([])

    /// Whether the claim was free, and now is the caller's.
    func claim(_ nonce: Nonce) -> Bool { nonces.withLock { $0.insert(nonce).inserted } }

    func release(_ nonce: Nonce) { nonces.withLock { _ = $0.remove(nonce) } }
}
