package import LibSodium
public import PrivacyPass
public import VOPRF

/// Tokens that were asked for and not answered yet: their nonces, and the blinds that hide them from the issuer.
///
/// Cannot be copied: finalizing consumes it, because two answers to one blinding would let an issuer try two keys on
/// it. To survive a crash it is stored with ``encoded()`` before ``request`` is sent; an issuer of this project
/// answers the same request bytes again.
public struct PendingTokens: ~Copyable, Sendable {
    /// The challenge that the tokens answer.
    public let challenge: TokenChallenge
    /// The issuer's key under which they are asked for.
    public let tokenKey: ServerPublicKey
    /// What to send.
    public let request: IssuanceRequest
    let nonces: [Nonce]
    private let blinding: Blinding

    /// Why an answer gave no tokens.
    public enum FinalizationError: Error, Sendable, Hashable {
        /// The bytes are not an answer to this kind of request.
        case malformed(MessageError)
        /// The answer has another number of elements than were asked for.
        case wrongCount
        /// The proof does not hold: the issuer used another key than it publishes, or the answer was changed.
        case invalidProof
        /// Unblinding gave the identity: does not happen by chance.
        case degenerate
    }

    /// A request with these nonces and blinds, of which there must be equally many; a batch, unless told otherwise,
    /// if there is more than one.
    ///
    /// A nonce or blind used twice links its two requests, so this is for known-answer tests and for restoring.
    package init(
        challenge: TokenChallenge, tokenKey: ServerPublicKey, nonces: [Nonce], blinds: consuming SecretScalarList,
        asBatch: Bool? = nil
    ) throws(Client.RequestError) {
        guard challenge.tokenType == .voprfRistretto255 else { throw .unsupportedTokenType }
        let keyID = TokenKeyID(of: tokenKey)
        let digest = challenge.digest
        let inputs = nonces.map { nonce in
            AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: nonce, challengeDigest: digest, keyID: keyID
            ).encoded
        }
        let blinding = try PendingTokens.blind(inputs, blinds: blinds)
        request = try PendingTokens.request(blinding.blindedElements, keyID: keyID, asBatch: asBatch)
        self.blinding = blinding
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.nonces = nonces
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

    /// The blinds, 32 bytes little-endian each, in guarded memory.
    borrowing func encodedBlinds() -> SecretBytes { blinding.encodedBlinds() }

    /// The tokens in an issuer's answer to ``request``, in the order of the request.
    ///
    /// Decodes strictly, then checks the proof before anything is unblinded.
    public consuming func finalize(_ response: [UInt8]) throws(FinalizationError) -> [Token] {
        let evaluation: Evaluation
        do {
            evaluation =
                switch request {
                case .single: try TokenResponse(decoding: response).evaluation
                case .batch:
                    try AmortizedBatchTokenResponse(decoding: response, maximumCount: request.count).evaluation
                }
        } catch {
            throw .malformed(error)
        }
        return try finalize(evaluation)
    }

    /// The tokens in an answer that was decoded already.
    public consuming func finalize(_ evaluation: Evaluation) throws(FinalizationError) -> [Token] {
        let keyID = TokenKeyID(of: tokenKey)
        let digest = challenge.digest
        let nonces = nonces
        let outputs: [Bytes64]
        do {
            outputs = try blinding.finalize(evaluation, publicKey: tokenKey)
        } catch {
            throw switch error {
            case .wrongCount: .wrongCount
            case .invalidProof: .invalidProof
            case .degenerate: .degenerate
            }
        }
        do {
            return try zip(nonces, outputs).map { (nonce, output) throws(MessageError) in
                let input = AuthenticatorInput(
                    tokenType: .voprfRistretto255, nonce: nonce, challengeDigest: digest, keyID: keyID)
                return try Token(input: input, authenticator: output.bytes)
            }
        } catch {
            throw .malformed(error)
        }
    }
}
