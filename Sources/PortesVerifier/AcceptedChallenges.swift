public import PrivacyPass

/// The challenges that a token may have been made for, as their digests: computed once, compared for every token.
public struct AcceptedChallenges: Sendable, Hashable {
    // A handful at most, so that a linear search is the fastest.
    private let digests: [ChallengeDigest]

    /// Tokens for any of these challenges are accepted.
    public init(_ challenges: [TokenChallenge]) { digests = challenges.map(\.digest) }

    /// Tokens for this challenge alone are accepted.
    public init(_ challenge: TokenChallenge) { self.init([challenge]) }

    /// Whether a token with this digest was made for one of the challenges; 32 bytes that are public, so
    /// variable-time.
    public func contains(_ digest: ChallengeDigest) -> Bool { digests.contains(digest) }
}
