import LibSodium
import PrivacyPass
import VOPRF

/// One honest message of each kind, made afresh.
struct Samples {
    let challenge: TokenChallenge
    let request: TokenRequest
    let response: TokenResponse
    let batchRequest: AmortizedBatchTokenRequest
    let batchResponse: AmortizedBatchTokenResponse
    let token: Token

    init(batchCount: Int = 3) throws {
        let key = try ServerPrivateKey()
        let keyID = TokenKeyID(of: key.publicKey)
        challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            redemptionContext: Randomness.bytes32(),
            originNames: [ServerName("origin.example"), ServerName("other.example:8443")])
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest, keyID: keyID)
        let single = try Blinding([input.encoded])
        request = TokenRequest(truncatedKeyID: keyID.truncated, blindedElement: single.blindedElements[0])
        response = try TokenResponse(key.blindEvaluate(single.blindedElements))
        let batch = try Blinding((0..<batchCount).map { [UInt8(truncatingIfNeeded: $0)] })
        batchRequest = try AmortizedBatchTokenRequest(
            truncatedKeyID: keyID.truncated, blindedElements: batch.blindedElements)
        batchResponse = try AmortizedBatchTokenResponse(key.blindEvaluate(batch.blindedElements))
        token = try Token(input: input, authenticator: key.evaluate(input.encoded).bytes)
    }

    /// Each message with a decoder that gives back its encoding, or throws.
    var codecs: [(name: String, bytes: [UInt8], recode: ([UInt8]) throws -> [UInt8])] {
        [
            ("challenge", challenge.encoded, { try TokenChallenge(decoding: $0).encoded }),
            ("request", request.encoded, { try TokenRequest(decoding: $0).encoded }),
            ("response", response.encoded, { try TokenResponse(decoding: $0, tokenType: .voprfRistretto255).encoded }),
            ("batch request", batchRequest.encoded, { try AmortizedBatchTokenRequest(decoding: $0).encoded }),
            ("batch response", batchResponse.encoded, { try AmortizedBatchTokenResponse(decoding: $0).encoded }),
            ("token", token.encoded, { try Token(decoding: $0).encoded }),
        ]
    }
}
