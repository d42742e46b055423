public import SignIn

/// Why a person was not signed in, and what an app can do.
public enum SignInError: Error, Sendable, Hashable {
    /// There was no answer. Try again later.
    case unreachable(TransportFailure)
    /// The service is busy or down for a moment. Try again, after as many seconds if it says so.
    case overloaded(retryAfter: Int?)
    /// The service did not understand the request, or failed to answer it: its status. Report it.
    case failed(status: Int)
    /// The answer is not one of the protocol. Report it.
    case badAnswer
    /// The service asks in the name of this audience, not of the one that was meant. Nothing was signed.
    case otherAudience(Audience)
    /// The service does not take the answer.
    case refused(Refusal)

    /// Why a service did not take an answer.
    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        /// The service cannot read it.
        case malformed = "answer-malformed"
        /// It was given for another service.
        case wrongAudience = "answer-wrong-audience"
        /// It was given for another purpose.
        case wrongPurpose = "answer-wrong-purpose"
        /// The service does not know its challenge: it may have been started anew. Sign in again.
        case unknownChallenge = "challenge-unknown"
        /// It took too long. Sign in again.
        case expired = "challenge-expired"
        /// The signature does not hold.
        case badSignature = "answer-bad-signature"
        /// It was given before. Sign in again.
        case replayed = "challenge-replayed"
        /// Another key took the place of this one: the secret was changed on another device, or by somebody else.
        case superseded = "key-superseded"
        /// There is no account of this key.
        case unknownAccount = "account-unknown"
    }

    /// What a response that is no success means.
    init(_ response: TransportResponse) {
        self =
            switch (Problem(response).name.flatMap(Refusal.init), response.status) {
            case (let refusal?, _): .refused(refusal)
            case (_, 429), (_, 503): .overloaded(retryAfter: response.retryAfter)
            case (_, 200..<300): .badAnswer
            case (_, let status): .failed(status: status)
            }
    }
}
