import LibSodium
import PrivacyPass

/// A TokenChallenge of RFC 9577, appendix A, with its parts and the authenticator input that follows from it.
struct ChallengeVector: Decodable {
    private let tokenType: String?
    private let issuerName: String?
    private let originInfo: String?
    private let redemptionContext: String?
    private let nonce: String?
    private let tokenKeyID: String?
    private let authenticatorInput: String?
    private let tokenChallenge: String?
    private let challengeDigest: String?

    private enum CodingKeys: String, CodingKey {
        case nonce
        case tokenType = "token_type"
        case issuerName = "issuer_name"
        case originInfo = "origin_info"
        case redemptionContext = "redemption_context"
        case tokenKeyID = "token_key_id"
        case authenticatorInput = "token_authenticator_input"
        case tokenChallenge = "token_challenge"
        case challengeDigest = "challenge_digest"
    }

    func check() -> ConformanceOutcome {
        do {
            let code = try bytes(tokenType, "token_type")
            try require(code.count == 2, "token_type")
            let type = TokenType(rawValue: UInt16(code[0]) << 8 | UInt16(code[1]))
            let input = try bytes(authenticatorInput, "token_authenticator_input")
            try require(input.starts(with: code), "token_authenticator_input")
            // Of a reserved type there is nothing but random bytes; of another, nothing that this build can read.
            if type.name == nil {
                if let tokenChallenge {
                    try require(bytes(tokenChallenge, "token_challenge").starts(with: code), "token_challenge")
                }
                return .skipped
            }
            try check(type, input)
            return .passed()
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    private func check(_ type: TokenType, _ input: [UInt8]) throws {
        let context = try bytes(redemptionContext, "redemption_context")
        try require(context.isEmpty || context.count == Bytes32.count, "redemption_context")
        let origins = try text(originInfo, "origin_info").split(separator: ",").map(String.init)
        let challenge = try named("issuer_name, origin_info") {
            try TokenChallenge(
                tokenType: type, issuerName: ServerName(text(issuerName, "issuer_name")),
                redemptionContext: Bytes32(context), originNames: origins.map { try ServerName($0) })
        }
        let encoded = try bytes(tokenChallenge, "token_challenge")
        try require(challenge.encoded == encoded, "token_challenge")
        let decoded = try named("token_challenge") { try TokenChallenge(decoding: encoded) }
        try require(decoded == challenge, "token_challenge")
        try require(challenge.digest.bytes.bytes == bytes(challengeDigest, "challenge_digest"), "challenge_digest")
        guard let nonce = Bytes32(try bytes(nonce, "nonce")), let id = Bytes32(try bytes(tokenKeyID, "token_key_id"))
        else {
            throw ConformanceMismatch("nonce, token_key_id")
        }
        let made = AuthenticatorInput(
            tokenType: type, nonce: Nonce(nonce), challengeDigest: challenge.digest, keyID: TokenKeyID(id))
        try require(made.encoded == input, "token_authenticator_input")
    }

    private func text(_ digits: String?, _ field: String) throws(ConformanceMismatch) -> String {
        String(decoding: try bytes(digits, field), as: UTF8.self)
    }
}
