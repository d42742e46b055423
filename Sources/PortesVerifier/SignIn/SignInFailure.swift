/// Why an answer to a sign-in challenge does not count. Each name is stable.
public enum SignInFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// The bytes are no answer.
    case malformed = "answer-malformed"
    /// The answer was given to another service.
    case wrongAudience = "answer-wrong-audience"
    /// The answer was given for another purpose.
    case wrongPurpose = "answer-wrong-purpose"
    /// This service did not make the challenge.
    case unknownChallenge = "challenge-unknown"
    /// The challenge is over.
    case expired = "challenge-expired"
    /// The key did not sign the challenge, or a succession does not lead to it.
    case badSignature = "answer-bad-signature"
    /// The challenge was answered before.
    case replayed = "challenge-replayed"
    /// The person, or somebody with the same secret, replaced this key by another.
    case superseded = "key-superseded"
    /// There is no account of this key that could be erased.
    case unknownAccount = "account-unknown"
}
