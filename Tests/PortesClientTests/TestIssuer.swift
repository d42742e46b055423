import LibSodium
import PortesClient
import PrivacyPass
import VOPRF

/// What a test knows to be well formed.
func known<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("not well formed") }
    return value
}

extension Capability {
    static let session = known(Capability("session"))
    static let play = known(Capability("play"))
    static let seat = known(Capability("seat"))
    static let ticket = known(Capability("ticket"))
}

/// An issuer's key, and what an issuer does with it, without a server.
final class TestIssuer: Sendable {
    private let key: ServerPrivateKey
    let publicKey: ServerPublicKey

    init() {
        do {
            key = try ServerPrivateKey()
        } catch {
            preconditionFailure("a random key is a key")
        }
        publicKey = key.publicKey
    }

    static func challenge(origins: [String] = ["origin.example"], context: Bytes32? = nil) throws -> TokenChallenge {
        try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"), redemptionContext: context,
            originNames: origins.map { try ServerName($0) })
    }

    func evaluate(_ request: IssuanceRequest) throws -> Evaluation {
        switch request {
        case .single(let single): try key.blindEvaluate([single.blindedElement])
        case .batch(let batch): try key.blindEvaluate(batch.blindedElements)
        }
    }

    func answer(_ request: IssuanceRequest) throws -> [UInt8] {
        switch request {
        case .single: try TokenResponse(evaluate(request)).encoded
        case .batch: try AmortizedBatchTokenResponse(evaluate(request)).encoded
        }
    }

    /// A token that the key made, without a request.
    func token(for challenge: TokenChallenge) throws -> Token {
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest,
            keyID: TokenKeyID(of: publicKey))
        return try Token(input: input, authenticator: key.evaluate(input.encoded).bytes)
    }

    func isValid(_ token: Token) throws -> Bool {
        ConstantTime.areEqual(try key.evaluate(token.input.encoded).bytes, token.authenticator)
    }
}
