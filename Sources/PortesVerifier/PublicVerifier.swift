public import KeySchedule
public import PrivacyPass
public import Revocation

/// Checks tokens of publicly verifiable types: a ``Verifier`` that holds no secret, and cannot be given one.
///
/// For a backend that is not under the issuer's trust: whoever breaks into it can make no token. It takes what
/// everybody can read: the records in the issuer's key log and its signed revocation list. What it verified is spent in
/// a ``SpendLedger``, which works with the ``VerifierState`` of it.
public struct PublicVerifier: Sendable {
    /// The same as a verifier of any types: for this module alone, since such a one takes secret keys.
    let verifier: Verifier

    /// A verifier; of two keys with one id the last counts.
    public init(
        keys: [PublicVerificationKey], revocations: RevocationList, freshness: RevocationFreshness,
        limits: FreshnessLimits = FreshnessLimits()
    ) {
        verifier = Verifier(
            keys: keys.map { VerificationKey($0) }, revocations: revocations, freshness: freshness, limits: limits)
    }

    /// Verifies a token: key, its dates, challenge, authenticator, revocation, in this order.
    public func verify(
        _ token: Token, for challenges: AcceptedChallenges, at now: Moment
    ) throws(VerificationFailure) -> VerifiedToken {
        try verifier.verify(token, for: challenges, at: now)
    }

    /// Verifies the bytes of a token, with ``VerificationFailure/malformed`` and ``VerificationFailure/wrongTokenType``
    /// for what does not decode.
    public func verify(
        decoding bytes: [UInt8], for challenges: AcceptedChallenges, at now: Moment
    ) throws(VerificationFailure) -> VerifiedToken {
        try verifier.verify(decoding: bytes, for: challenges, at: now)
    }
}
