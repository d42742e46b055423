internal import Synchronization

/// The ``Verifier`` that counts at present, replaced as a whole when keys or revocations arrive.
public final class VerifierState: Sendable {
    private let present: Mutex<Verifier>

    /// A state that begins with `verifier`.
    public init(_ verifier: Verifier) { present = Mutex(verifier) }

    /// The verifier that counts now.
    public var verifier: Verifier { present.withLock { $0 } }

    /// Replaces the verifier by what `change` makes of it; nobody sees anything between the two.
    public func update(_ change: (Verifier) -> Verifier) {
        present.withLock { $0 = change($0) }
    }
}
