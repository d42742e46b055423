import BlindRSA
import LibSodium
import PrivacyPass
import VOPRF

/// One token of an issuance, of any type: its key, its challenge, what the client drew, and the token.
struct IssuanceItem: Decodable {
    /// The type that the vector names beside the challenge, if it does.
    let declaredType: UInt16?
    let tokenChallenge: String?
    private let privateKey: String?
    private let publicKey: String?
    private let nonce: String?
    private let blind: String?
    private let salt: String?
    private let token: String?

    private enum Names: String, CodingKey {
        case skS, pkS, nonce, blind, salt, token, type
        case skSnake = "sk_s"
        case pkSnake = "pk_s"
        case tokenType = "token_type"
        case tokenChallenge = "token_challenge"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Names.self)
        func text(_ names: Names...) -> String? {
            names.lazy.compactMap { try? container.decode(String.self, forKey: $0) }.first
        }
        func number(_ names: Names...) -> UInt16? {
            names.lazy.compactMap { try? container.decode(UInt16.self, forKey: $0) }.first
        }
        // A number, or hexadecimal digits with or without 0x.
        let digits = text(.type, .tokenType).map { $0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0 }
        declaredType = number(.type, .tokenType) ?? digits.flatMap { UInt16($0, radix: 16) }
        privateKey = text(.skS, .skSnake)
        publicKey = text(.pkS, .pkSnake)
        tokenChallenge = text(.tokenChallenge)
        nonce = text(.nonce)
        blind = text(.blind)
        salt = text(.salt)
        token = text(.token)
    }

    /// Whether it is of a type that this build lacks, and says so wherever it says anything.
    var isOfUnknownType: Bool {
        guard let challenge = tokenChallenge.flatMap({ Hexadecimal.decode($0) }), challenge.count > 1 else {
            return false
        }
        let type = UInt16(challenge[0]) << 8 | UInt16(challenge[1])
        return TokenType(rawValue: type).name == nil && (declaredType ?? type) == type
    }

    /// Checks all that can be; gives in words what could not, and `nil` where that is nothing.
    func check(request: TokenRequest, response: TokenResponse) throws -> String? {
        let encodedChallenge = try bytes(tokenChallenge, "token_challenge")
        let challenge = try named("token_challenge") { try TokenChallenge(decoding: encodedChallenge) }
        try require(challenge.encoded == encodedChallenge, "token_challenge")
        let type = challenge.tokenType
        if let declaredType { try require(declaredType == type.rawValue, "token type of token_challenge") }
        try require(request.tokenType == type, "token type of token_request")
        try require(response.tokenType == type, "token type of token_response")
        let key = try loadedKey(type)
        let tokenKey = try named("pkS") { try TokenKey(tokenType: type, decoding: bytes(publicKey, "pkS")) }
        try require(key.publicKey == tokenKey.encoded, "pkS")
        guard let nonce = Bytes32(try bytes(nonce, "nonce")) else { throw ConformanceMismatch("nonce") }
        let input = AuthenticatorInput(
            tokenType: type, nonce: Nonce(nonce), challengeDigest: challenge.digest, keyID: tokenKey.id)
        try require(request.truncatedKeyID == tokenKey.id.truncated, "truncated key id of token_request")
        try require(key.canEvaluate(request.blindedMessage), "token_request")
        try check(request, input, type)
        try check(response, to: request, key, type)
        let encodedToken = try bytes(self.token, "token")
        let token = try named("token") { try Token(decoding: encodedToken) }
        try require(token.input == input, "token")
        try require(key.made(token.authenticator, over: input.encoded), "token does not verify")
        try checkSalt(token, key, type)
        return Self.unchecked[type]
    }

    /// What no vector of a type can be checked for, since the library that computes it draws these numbers itself.
    private static let unchecked: [TokenType: String] = [
        .blindRSA2048: "its request was not checked against its blind: the library lets none be fixed",
        .voprfP384:
            "its request was not checked against its blind, nor the proof: the library lets neither be fixed",
    ]

    private func loadedKey(_ type: TokenType) throws -> any TokenPrivateKey {
        guard let scheme = type.scheme else { throw ConformanceMismatch("token type of token_challenge") }
        let secret = try bytes(privateKey, "skS")
        return try named("skS") {
            guard type == .blindRSA2048 else { return try scheme.privateKey(decoding: SecretBytes(copying: secret)) }
            // The RFC gives the text of a PEM file.
            let pem = String(decoding: secret, as: UTF8.self)
            return try scheme.privateKey(decoding: BlindRSAPrivateKey(pem: PEMText(pem).canonical).encoded())
        }
    }

    /// The blinded message out of the input and the blind, where a blind can be given.
    private func check(_ request: TokenRequest, _ input: AuthenticatorInput, _ type: TokenType) throws {
        let blind = SecretBytes(copying: try bytes(blind, "blind"))
        guard type == .voprfRistretto255 else {
            return try require(blind.count == (type == .blindRSA2048 ? 256 : 48), "blind")
        }
        let blinding = try named("blind") {
            try Blinding([input.encoded], blinds: SecretScalarList(decoding: blind))
        }
        try require(blinding.blindedElements[0].encoded.bytes == request.blindedMessage, "token_request")
    }

    /// The answer, computed again as far as chance has no part in it.
    private func check(
        _ response: TokenResponse, to request: TokenRequest, _ key: any TokenPrivateKey, _ type: TokenType
    ) throws {
        let again = try named("token_response") { try key.evaluate(request.blindedMessage) }
        let fixed = type == .blindRSA2048 ? again.count : request.blindedMessage.count
        try require(response.encoded.prefix(fixed) == again.prefix(fixed), "token_response")
        guard let evaluation = response.evaluation else { return }
        let isProven = try named("token_response") {
            try evaluation.proof.isValid(
                publicKey: ServerPublicKey(decoding: key.publicKey),
                blinded: [Ristretto255.Element(decoding: request.blindedMessage)], evaluated: evaluation.elements)
        }
        try require(isProven, "proof of token_response")
    }

    /// A signature is that of the message as it is encoded with the salt (RFC 9474, section 4.4).
    private func checkSalt(_ token: Token, _ key: any TokenPrivateKey, _ type: TokenType) throws {
        guard type == .blindRSA2048 else { return }
        let encoded = PSSEncoding.encode(token.input.encoded, salt: try bytes(salt, "salt"), bitCount: 2047)
        let signature = try named("salt") { try key.evaluate(encoded) }
        try require(signature == token.authenticator, "salt")
    }
}
