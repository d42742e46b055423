import LibSodium
import PortesClient
import PrivacyPass
import VOPRF

/// What a test knows to be well formed.
func known<Value: ~Copyable>(_ value: consuming Value?) -> Value {
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
    private let key: any TokenPrivateKey
    let publicKey: TokenKey

    init(_ tokenType: TokenType = .voprfRistretto255) {
        do {
            guard let scheme = tokenType.scheme else { throw MessageError.unsupportedTokenType }
            key = try scheme.makePrivateKey()
            publicKey = try TokenKey(tokenType: tokenType, decoding: key.publicKey)
        } catch {
            preconditionFailure("a random key is a key")
        }
    }

    static func challenge(
        of tokenType: TokenType = .voprfRistretto255, origins: [String] = ["origin.example"], context: Bytes32? = nil
    ) throws -> TokenChallenge {
        try TokenChallenge(
            tokenType: tokenType, issuerName: ServerName("issuer.example"), redemptionContext: context,
            originNames: origins.map { try ServerName($0) })
    }

    func evaluate(_ request: IssuanceRequest) throws -> Evaluation {
        switch request {
        case .single, .generic:
            try known(TokenResponse(decoding: answer(request), tokenType: .voprfRistretto255).evaluation)
        case .batch(let batch): try key.evaluate(batch).evaluation
        }
    }

    func answer(_ request: IssuanceRequest) throws -> [UInt8] {
        switch request {
        case .single(let single): try key.evaluate(single.blindedMessage)
        case .batch(let batch): try key.evaluate(batch).encoded
        case .generic(let batch):
            try GenericBatchTokenResponse(
                batch.requests.map {
                    try TokenResponse(decoding: key.evaluate($0.blindedMessage), tokenType: $0.tokenType)
                }
            ).encoded
        }
    }

    /// A token that the key made.
    func token(for challenge: TokenChallenge) throws -> Token {
        let pending = try Client.request(challenge: challenge, tokenKey: publicKey)
        let answer = try answer(pending.request)
        return try known(pending.finalize(answer).first)
    }

    func isValid(_ token: Token) throws -> Bool { key.made(token.authenticator, over: token.input.encoded) }
}
