public import KeySchedule
public import SignIn

/// Where a service keeps its accounts: which key belongs to which pseudonym, and which challenges were answered.
///
/// Each call is one step, durable before it returns: of two answers to one challenge exactly one is admitted. Throws
/// only where it is not known what happened.
public protocol SignInStore: Sendable {
    /// Lets a person in, and opens an account where the key has none.
    func admit(_ signIn: VerifiedSignIn, at now: UnixTime) async throws -> SignInOutcome
    /// Erases an account. Afterwards nothing in the store tells that there was one.
    func erase(_ erasure: VerifiedErasure, at now: UnixTime) async throws -> SignInOutcome
}

/// What came of an answer.
public enum SignInOutcome: Sendable, Hashable {
    /// The person of this pseudonym is let in, or erased; `isNew` if there was no account before.
    case admitted(Pseudonym, isNew: Bool)
    /// Nothing was changed: ``SignInFailure/replayed``, ``SignInFailure/expired``, ``SignInFailure/superseded`` or
    /// ``SignInFailure/unknownAccount``.
    case refused(SignInFailure)
}
