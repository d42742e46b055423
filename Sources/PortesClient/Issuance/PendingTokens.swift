package import LibSodium
public import PrivacyPass
internal import VOPRF

/// Tokens that were asked for and not answered yet: their nonces, and the blinds that hide them from the issuer.
///
/// Cannot be copied: finalizing consumes it, because two answers to one blinding would let an issuer try two keys on
/// it. To survive a crash one of type 0x0005 is stored with ``encoded()`` before ``request`` is sent; an issuer of this
/// project answers the same request bytes again. Those of other types live in memory only (`Docs/Divergences.md`).
public struct PendingTokens: ~Copyable, Sendable {
    /// The challenge that the tokens answer.
    public let challenge: TokenChallenge
    /// The issuer's key under which they are asked for.
    public let tokenKey: TokenKey
    /// What to send.
    public let request: IssuanceRequest
    let nonces: [Nonce]
    private let blinded: Blinded

    /// What hides the tokens from the issuer.
    private enum Blinded: ~Copyable, Sendable {
        /// Elements that are answered with one proof, for type 0x0005.
        case together(Blinding)
        /// One by one.
        case each([any TokenBlinding])
    }

    /// Why an answer gave no tokens.
    public enum FinalizationError: Error, Sendable, Hashable {
        /// The bytes are not an answer to this kind of request.
        case malformed(MessageError)
        /// The answer has another number of elements than were asked for.
        case wrongCount
        /// The proof or signature does not hold: the issuer used another key than it publishes, or the answer was
        /// changed.
        case invalidProof
        /// Unblinding gave the identity: does not happen by chance.
        case degenerate
    }

    /// A request of type 0x0005 with these nonces and blinds, of which there must be equally many; a batch, unless told
    /// otherwise, if there is more than one.
    ///
    /// A nonce or blind used twice links its two requests, so this is for known-answer tests and for restoring.
    package init(
        challenge: TokenChallenge, tokenKey: TokenKey, nonces: [Nonce], blinds: consuming SecretScalarList,
        asBatch: Bool? = nil
    ) throws(Client.RequestError) {
        guard challenge.tokenType == tokenKey.tokenType, tokenKey.tokenType.hasStorableRequests else {
            throw .unsupportedTokenType
        }
        let inputs = PendingTokens.inputs(challenge, tokenKey, nonces)
        let blinding = try PendingTokens.blind(inputs.map(\.encoded), blinds: blinds)
        request = try PendingTokens.request(blinding.blindedElements, keyID: tokenKey.id, asBatch: asBatch)
        blinded = .together(blinding)
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.nonces = nonces
    }

    /// A request of any type with these nonces; a generic batch if there is more than one.
    package init(challenge: TokenChallenge, tokenKey: TokenKey, nonces: [Nonce]) throws(Client.RequestError) {
        let type = tokenKey.tokenType
        guard challenge.tokenType == type, let scheme = type.scheme else { throw .unsupportedTokenType }
        do {
            let inputs = PendingTokens.inputs(challenge, tokenKey, nonces)
            let blindings = try scheme.blind(inputs.map(\.encoded), publicKey: tokenKey.encoded)
            let requests = try blindings.map { blinding throws(MessageError) in
                try TokenRequest(
                    tokenType: type, truncatedKeyID: tokenKey.id.truncated, blindedMessage: blinding.blindedMessage)
            }
            request =
                if let request = requests.first, requests.count == 1 { .single(request) } else {
                    .generic(try GenericBatchTokenRequest(requests))
                }
            blinded = .each(blindings)
        } catch is MessageError {
            throw .wrongCount
        } catch {
            throw .degenerate
        }
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.nonces = nonces
    }

    private static func inputs(
        _ challenge: TokenChallenge, _ tokenKey: TokenKey, _ nonces: [Nonce]
    ) -> [AuthenticatorInput] {
        let digest = challenge.digest
        return nonces.map { nonce in
            AuthenticatorInput(
                tokenType: tokenKey.tokenType, nonce: nonce, challengeDigest: digest, keyID: tokenKey.id)
        }
    }

    private static func blind(
        _ inputs: [[UInt8]], blinds: consuming SecretScalarList
    ) throws(Client.RequestError) -> Blinding {
        do {
            return try Blinding(inputs, blinds: blinds)
        } catch {
            throw error == .degenerate ? .degenerate : .wrongCount
        }
    }

    private static func request(
        _ elements: [Ristretto255.Element], keyID: TokenKeyID, asBatch: Bool?
    ) throws(Client.RequestError) -> IssuanceRequest {
        if let element = elements.first, elements.count == 1, asBatch != true {
            return .single(TokenRequest(truncatedKeyID: keyID.truncated, blindedElement: element))
        }
        guard asBatch != false,
            let batch = try? AmortizedBatchTokenRequest(truncatedKeyID: keyID.truncated, blindedElements: elements)
        else { throw .wrongCount }
        return .batch(batch)
    }

    /// The blinds, 32 bytes little-endian each, in guarded memory; `nil` for a type whose blinds cannot be had.
    borrowing func encodedBlinds() -> SecretBytes? {
        switch blinded {
        case .together(let blinding): blinding.encodedBlinds()
        case .each: nil
        }
    }

    /// The tokens in an issuer's answer to ``request``, in the order of the request.
    ///
    /// Decodes strictly, then checks the proof before anything is unblinded. A generic batch gives the tokens that were
    /// issued, which may be fewer than were asked for; an answer without any throws
    /// ``FinalizationError/wrongCount``, and one of which any does not hold gives none.
    public consuming func finalize(_ response: [UInt8]) throws(FinalizationError) -> [Token] {
        let inputs = PendingTokens.inputs(challenge, tokenKey, nonces)
        let (key, request) = (tokenKey, request)
        switch consume blinded {
        case .together(let blinding):
            return try PendingTokens.finalize(blinding, inputs, key, PendingTokens.evaluation(in: response, to: request))
        case .each(let blindings):
            return try PendingTokens.finalize(
                blindings, inputs, PendingTokens.responses(in: response, to: request, key.tokenType))
        }
    }
}
