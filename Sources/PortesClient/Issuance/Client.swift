internal import LibSodium
public import PrivacyPass

/// The client's part of the protocol without a network: from a challenge to a request, from an answer to tokens
/// (RFC 9578, sections 5 and 6; draft-ietf-privacypass-batched-tokens-07, sections 5 and 6).
public enum Client {
    /// How many tokens one request asks for at most: 100, which is what issuers accept.
    public static let maximumRequestCount = AmortizedBatchTokenRequest.defaultMaximumCount

    /// Why a request could not be made.
    public enum RequestError: Error, Sendable, Hashable {
        /// The challenge asks for a token type that this library does not implement, or that is not the key's.
        case unsupportedTokenType
        /// The count is not 1 to ``Client/maximumRequestCount``, or there are not as many blinds as nonces.
        case wrongCount
        /// An input hashes to the identity: does not happen by chance.
        case degenerate
    }

    /// A request for 1 to ``maximumRequestCount`` tokens, with fresh nonces and blinds.
    ///
    /// `tokenKey` must be a key that the issuer itself publishes: a key that only the challenge names could have been
    /// made for this one client, and would mark its tokens. About 0.1 ms a token of type 0x0005; blocks for as long.
    public static func request(
        challenge: TokenChallenge, tokenKey: TokenKey, count: Int = 1
    ) throws(RequestError) -> PendingTokens {
        guard (1...maximumRequestCount).contains(count) else { throw .wrongCount }
        let nonces = (0..<count).map { _ in Nonce.random() }
        guard tokenKey.tokenType.hasStorableRequests else {
            return try PendingTokens(challenge: challenge, tokenKey: tokenKey, nonces: nonces)
        }
        return try PendingTokens(
            challenge: challenge, tokenKey: tokenKey, nonces: nonces, blinds: SecretScalarList(randomCount: count))
    }
}
