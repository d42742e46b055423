internal import PrivacyPass

/// A request without an answer, as the wallet that sends it holds it.
final class OpenRequest {
    /// The first of its nonces, which no two requests share.
    let id: Nonce
    let capability: Capability?
    let challenge: TokenChallenge
    let tokenKey: TokenKey
    /// What is sent.
    let request: IssuanceRequest
    /// Whether it is on record in the wallet's file. One that cannot be is lost with the process.
    let isStored: Bool
    private var pending: PendingTokens?
    /// What the answer brought, until it is written down: nothing else would bring it again where it is not stored.
    var tokens: [Token]?

    init(_ pending: consuming PendingTokens, id: Nonce, capability: Capability?, isStored: Bool) {
        self.id = id
        self.capability = capability
        challenge = pending.challenge
        tokenKey = pending.tokenKey
        request = pending.request
        self.isStored = isStored
        self.pending = consume pending
    }

    /// What an answer is finalized with: once.
    func take() -> PendingTokens? { pending.take() }
}
