public import PrivacyPass

/// The challenges that a token may have been made for, as their types and digests: computed once, compared for every
/// token.
public struct AcceptedChallenges: Sendable, Hashable {
    private struct Accepted: Hashable {
        let tokenType: TokenType
        let digest: ChallengeDigest
    }

    // A handful at most, so that a linear search is the fastest.
    private let accepted: [Accepted]

    /// Tokens for any of these challenges are accepted.
    public init(_ challenges: [TokenChallenge]) {
        accepted = challenges.map { Accepted(tokenType: $0.tokenType, digest: $0.digest) }
    }

    /// Tokens for this challenge alone are accepted.
    public init(_ challenge: TokenChallenge) { self.init([challenge]) }

    /// Whether a token was made for one of the challenges, which has the token's type; all of it is public, so
    /// variable-time.
    public func accept(_ input: AuthenticatorInput) -> Bool {
        accepted.contains { $0.tokenType == input.tokenType && $0.digest == input.challengeDigest }
    }

    /// Whether tokens for this challenge are accepted.
    public func contains(_ challenge: TokenChallenge) -> Bool {
        accepted.contains(Accepted(tokenType: challenge.tokenType, digest: challenge.digest))
    }
}
