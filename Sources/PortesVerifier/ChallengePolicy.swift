public import KeySchedule
internal import LibSodium
public import PrivacyPass

/// What tokens have to be bound to at an origin.
public enum TokenScope: String, Sendable, Hashable, CaseIterable {
    /// The origin's own name; such tokens can be fetched ahead.
    case ownOrigin = "own-origin"
    /// Any origin of the issuer; such tokens can be fetched ahead. Every server that accepts them has to share one
    /// ledger, or each of them accepts a token once.
    case anyOrigin = "any-origin"
    /// The origin's own name and the present minutes: such tokens cannot be fetched ahead, and are good for a few
    /// minutes. The context is the same for all who ask in one period, so that it tells nobody apart.
    case freshContext = "fresh-context"
}

/// Which challenge an origin sends, and for which challenges it accepts tokens.
///
/// Every capability whose tokens have one type has the same challenge: the key that it is sent with makes the
/// difference.
public struct ChallengePolicy: Sendable {
    /// What tokens have to be bound to.
    public let scope: TokenScope
    private let challenge: TokenChallenge
    private let challenges: [TokenChallenge]
    private let accepted: AcceptedChallenges
    private let contexts: FreshContexts

    /// A policy for tokens of one issuer at one origin, of every type that is implemented.
    public init(issuer: ServerName, origin: ServerName, scope: TokenScope = .ownOrigin) throws(MessageError) {
        self.scope = scope
        let challenge = try TokenChallenge(
            tokenType: .standard, issuerName: issuer, originNames: scope == .anyOrigin ? [] : [origin])
        self.challenge = challenge
        challenges = TokenType.implemented.map { challenge.of($0) }
        accepted = AcceptedChallenges(challenges)
        contexts = FreshContexts()
    }

    /// The challenge to send at `now` with a key of this type.
    public func challenge(of tokenType: TokenType, at now: Moment) -> TokenChallenge {
        let challenge = challenge.of(tokenType)
        guard scope == .freshContext else { return challenge }
        return challenge.inContext(contexts.current(at: now))
    }

    /// For how many seconds a challenge that is sent can be answered; `nil` if there is no end to it.
    public var maximumAge: UInt64? { scope == .freshContext ? FreshContexts.minimumLife : nil }

    /// The challenges for which tokens are accepted at `now`.
    public func acceptedChallenges(at now: Moment) -> AcceptedChallenges {
        guard scope == .freshContext else { return accepted }
        return AcceptedChallenges(
            contexts.live(at: now).flatMap { context in challenges.map { $0.inContext(context) } })
    }
}
