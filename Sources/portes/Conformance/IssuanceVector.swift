import LibSodium
import PrivacyPass
import VOPRF

/// One run of the issuance protocol, single or as an amortized batch, with the names that implementations use.
struct IssuanceVector: Decodable {
    private let privateKey: String?
    private let publicKey: String?
    private let tokenChallenge: String?
    private let nonces: [String]?
    private let blinds: [String]?
    private let tokenRequest: String?
    private let tokenResponse: String?
    private let tokens: [String]?
    private let isBatch: Bool
    private let single: IssuanceItem

    /// Beside a challenge, any of these makes an object a vector of issuance, complete or not.
    static let telltaleNames: Set<String> = ["token_request", "token_response", "token", "tokens", "blind", "blinds"]

    private enum Names: String, CodingKey {
        case skS, pkS, blind, blinds, nonce, nonces, token, tokens
        case skSnake = "sk_s"
        case pkSnake = "pk_s"
        case tokenChallenge = "token_challenge"
        case tokenRequest = "token_request"
        case tokenResponse = "token_response"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Names.self)
        func text(_ names: Names...) -> String? {
            names.lazy.compactMap { try? container.decode(String.self, forKey: $0) }.first
        }
        func texts(_ many: Names, _ one: Names) -> [String]? {
            (try? container.decode([String].self, forKey: many)) ?? text(one).map { [$0] }
        }
        privateKey = text(.skS, .skSnake)
        publicKey = text(.pkS, .pkSnake)
        tokenChallenge = text(.tokenChallenge)
        tokenRequest = text(.tokenRequest)
        tokenResponse = text(.tokenResponse)
        nonces = texts(.nonces, .nonce)
        blinds = texts(.blinds, .blind)
        tokens = texts(.tokens, .token)
        single = try IssuanceItem(from: decoder)
        isBatch = container.contains(.nonces) || container.contains(.blinds) || container.contains(.tokens)
    }

    func check() -> ConformanceOutcome {
        do {
            let challenge = try bytes(tokenChallenge, "token_challenge")
            // Another type is skipped only if the messages agree that it is one.
            guard let code = Self.typeCodes.first(where: { challenge.starts(with: $0) }) else {
                try require(!isAnyMessageOfOurTypes, "token type of token_challenge")
                return .skipped
            }
            if isBatch, code != [0x00, 0x05] {
                try require(!isAnyMessage(of: [0x00, 0x05]), "token type of token_challenge")
                return .skipped
            }
            return .passed(unchecked: isBatch ? try checkBatch(challenge: challenge) : try checkSingle(code))
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    /// How the messages of the types that this build has begin.
    private static var typeCodes: [[UInt8]] {
        TokenType.implemented.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xff)] }
    }

    private var isAnyMessageOfOurTypes: Bool { Self.typeCodes.contains { isAnyMessage(of: $0) } }

    private func isAnyMessage(of code: [UInt8]) -> Bool {
        ([tokenRequest].compactMap(\.self) + (tokens ?? [])).contains { text in
            Hexadecimal.decode(text)?.starts(with: code) ?? false
        }
    }

    private func checkSingle(_ code: [UInt8]) throws -> String? {
        let encodedRequest = try bytes(tokenRequest, "token_request")
        let request = try named("token_request") { try TokenRequest(decoding: encodedRequest) }
        try require(request.encoded == encodedRequest, "token_request")
        let encodedResponse = try bytes(tokenResponse, "token_response")
        let response = try named("token_response") {
            try TokenResponse(decoding: encodedResponse, tokenType: request.tokenType)
        }
        return try single.check(request: request, response: response)
    }

    private func checkBatch(challenge encodedChallenge: [UInt8]) throws -> String? {
        let challenge = try named("token_challenge") { try TokenChallenge(decoding: encodedChallenge) }
        try require(challenge.encoded == encodedChallenge, "token_challenge")
        let scalar = SecretBytes(copying: try bytes(privateKey, "skS"))
        let key = try named("skS") { try ServerPrivateKey(decoding: scalar) }
        let serverPublicKey = key.publicKey
        try require(bytes(publicKey, "pkS") == serverPublicKey.encoded.bytes, "pkS")

        let keyID = TokenKeyID(of: serverPublicKey)
        let inputs = try list(nonces, "nonces").map { bytes throws(ConformanceMismatch) in
            guard let nonce = Bytes32(bytes) else { throw ConformanceMismatch("nonces") }
            return AuthenticatorInput(
                tokenType: challenge.tokenType, nonce: Nonce(nonce), challengeDigest: challenge.digest, keyID: keyID)
        }
        let encodedBlinds = SecretBytes(copying: try list(blinds, "blinds").flatMap(\.self))
        let blinding = try named("blinds") {
            try Blinding(inputs.map(\.encoded), blinds: SecretScalarList(decoding: encodedBlinds))
        }
        let blinded = blinding.blindedElements
        let request = try AmortizedBatchTokenRequest(truncatedKeyID: keyID.truncated, blindedElements: blinded)
        try require(request.encoded == bytes(tokenRequest, "token_request"), "token_request")

        let evaluation = try decodedResponse(count: inputs.count)
        let recomputed = try key.blindEvaluate(blinded)
        try require(recomputed.elements == evaluation.elements, "evaluated elements of token_response")
        try require(
            evaluation.proof.isValid(publicKey: serverPublicKey, blinded: blinded, evaluated: evaluation.elements),
            "proof of token_response")
        let outputs = try blinding.finalize(evaluation, publicKey: serverPublicKey)
        let expected = try list(tokens, "tokens")
        try require(expected.count == inputs.count, "tokens")
        for ((input, output), encodedToken) in zip(zip(inputs, outputs), expected) {
            let token = try named("token") { try Token(decoding: encodedToken) }
            try require(token.input == input && token.authenticator == output.bytes, "token")
            let verified = try key.evaluate(token.input.encoded)
            try require(ConstantTime.areEqual(verified.bytes, token.authenticator), "token does not verify")
        }
        return nil
    }

    private func decodedResponse(count: Int) throws -> Evaluation {
        let encoded = try bytes(tokenResponse, "token_response")
        let evaluation = try named("token_response") {
            try AmortizedBatchTokenResponse(decoding: encoded, maximumCount: Int(UInt16.max)).evaluation
        }
        try require(evaluation.elements.count == count, "token_response")
        return evaluation
    }
}
