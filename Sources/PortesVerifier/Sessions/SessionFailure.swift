/// Why a session lets nobody in. The raw values are the problem types' stable names.
public enum SessionFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// It is no session.
    case malformed = "malformed-session"
    /// The service's keys did not make it.
    case badSignature = "bad-session-signature"
    /// It is another service's.
    case wrongAudience = "wrong-session-audience"
    /// It has ended.
    case expired = "session-expired"
    /// It was closed before its end.
    case closed = "session-closed"
    /// It is bound to a device's key, and came without a proof.
    case proofRequired = "proof-required"
    /// What came with it is no proof, or the proof of another key, another request or another session.
    case badProof = "bad-proof"
    /// The proof is of another time: the device's clock, or a request that was kept.
    case staleProof = "stale-proof"
    /// The proof came before.
    case replayedProof = "replayed-proof"
}
