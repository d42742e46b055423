internal import Synchronization

/// The ``Verifier`` that counts at present, replaced as a whole when keys or revocations arrive.
public final class VerifierState: Sendable {
    private let present: Mutex<Verifier>
    private let mayHoldSecrets: Bool

    /// A state that begins with `verifier`.
    public init(_ verifier: Verifier) {
        present = Mutex(verifier)
        mayHoldSecrets = true
    }

    /// A state that begins with a verifier without secrets, and never gets any: ``update(_:)`` leaves out keys that
    /// have one.
    public init(_ verifier: PublicVerifier) {
        present = Mutex(verifier.verifier)
        mayHoldSecrets = false
    }

    /// The verifier that counts now.
    public var verifier: Verifier { present.withLock { $0 } }

    /// Replaces the verifier by what `change` makes of it; nobody sees anything between the two.
    public func update(_ change: (Verifier) -> Verifier) {
        present.withLock { present in
            let next = change(present)
            present = mayHoldSecrets ? next : next.withoutSecrets
        }
    }

    /// Replaces the verifier by one without secrets.
    public func replace(with verifier: PublicVerifier) { update { _ in verifier.verifier } }
}
