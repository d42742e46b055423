import BlindRSA
import Foundation
import LibSodium
import P384VOPRF
import PrivacyPass
import VOPRF

@testable import portes

/// A generic batch made here, in the shape that implementations publish.
struct GenericBatchSample {
    /// The issuances, each a JSON object.
    let issuance: [[String: Any]]
    private let requests: [TokenRequest]
    private let responses: [TokenResponse]

    /// How the messages are framed.
    enum Framing: CaseIterable {
        /// Two bytes for the length of all, in place of a variable-size integer.
        case fixedLength
        /// A length of two bytes before each item.
        case itemLengths
        /// Each request's type twice, as the draft's structure reads if it is taken by the letter.
        case typeTwice
        /// An answer without its type.
        case untypedAnswers
        /// Without the byte that says whether an answer is there.
        case withoutPresence
    }

    init(_ types: [TokenType]) throws {
        var parts: [(item: [String: Any], request: TokenRequest, response: TokenResponse)] = []
        for type in types { parts.append(try Self.part(type)) }
        issuance = parts.map(\.item)
        requests = parts.map(\.request)
        responses = parts.map(\.response)
    }

    /// The issuances with one of them changed, counted from 1.
    func items(_ number: Int, _ change: (inout [String: Any]) -> Void) -> [[String: Any]] {
        var items = issuance
        change(&items[number - 1])
        return items
    }

    /// The vector, in today's framing or another.
    ///
    /// The item with the number `unknown`, from 1, has a type in the messages that nobody knows: 0xF91A, as drafts once
    /// had it.
    func object(_ framing: Framing? = nil, unknown: Int? = nil) -> [String: Any] {
        let codes = requests.enumerated().map { $0.offset + 1 == unknown ? [0xf9, 0x1a] : code($0.element.tokenType) }
        var request = zip(codes, requests).map { $0 + $1.encoded.dropFirst(2) }
        var response = zip(codes, responses).map { [1] + $0 + $1.encoded }
        switch framing {
        case nil, .fixedLength: break
        case .itemLengths:
            request = request.map { length($0.count) + $0 }
            response = response.map { length($0.count) + $0 }
        case .typeTwice: request = zip(codes, request).map { $0 + $1 }
        case .untypedAnswers: response = responses.map { [1] + $0.encoded }
        case .withoutPresence: response = zip(codes, responses).map { $0 + $1.encoded }
        }
        return [
            "issuance": issuance, "token_request": framed(request.flatMap(\.self), framing),
            "token_response": framed(response.flatMap(\.self), framing),
        ]
    }

    private func framed(_ items: [UInt8], _ framing: Framing?) -> String {
        // Two bytes that are a variable-size integer begin with 01.
        let prefix = framing == .fixedLength ? length(items.count) : length(items.count | 0x4000)
        return Hexadecimal.encode(prefix + items)
    }

    private func length(_ count: Int) -> [UInt8] { [UInt8(count >> 8 & 0xff), UInt8(count & 0xff)] }

    private func code(_ type: TokenType) -> [UInt8] { [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff)] }

    private static func part(
        _ type: TokenType
    ) throws -> (item: [String: Any], request: TokenRequest, response: TokenResponse) {
        let challenge = try TokenChallenge(
            tokenType: type, issuerName: ServerName("issuer.example"), originNames: [ServerName("origin.example")])
        if type == .blindRSA2048 { return try published(challenge) }
        guard let scheme = type.scheme else { throw ConformanceMismatch("type") }
        let key = try scheme.makePrivateKey()
        let id = try TokenKey(tokenType: type, decoding: key.publicKey).id
        let input = AuthenticatorInput(
            tokenType: type, nonce: .random(), challengeDigest: challenge.digest, keyID: id)
        let blinds = SecretScalarList(randomCount: 1)
        var blind = blinds.encoded().withUnsafeBytes { Array($0) }
        let blinded: [UInt8]
        if type == .voprfRistretto255 {
            blinded = try Blinding([input.encoded], blinds: blinds).blindedElements[0].encoded.bytes
        } else {
            blinded = try scheme.blind([input.encoded], publicKey: key.publicKey)[0].blindedMessage
            // The library keeps its own to itself; any of the size will do.
            blind = Randomness.bytes(48)
        }
        let authenticator =
            type == .voprfRistretto255
            ? try ServerPrivateKey(decoding: key.encoded()).evaluate(input.encoded).bytes
            : try P384PrivateKey(decoding: key.encoded()).evaluate(input.encoded)
        let item: [String: Any] = [
            "type": Int(type.rawValue), "skS": Hexadecimal.encode(key.encoded().withUnsafeBytes { Array($0) }),
            "pkS": Hexadecimal.encode(key.publicKey), "token_challenge": Hexadecimal.encode(challenge.encoded),
            "nonce": Hexadecimal.encode(input.nonce.bytes.bytes), "blind": Hexadecimal.encode(blind),
            "token": Hexadecimal.encode(try Token(input: input, authenticator: authenticator).encoded),
        ]
        return (
            item, try TokenRequest(tokenType: type, truncatedKeyID: id.truncated, blindedMessage: blinded),
            try TokenResponse(decoding: key.evaluate(blinded), tokenType: type)
        )
    }

    /// The RFC's own vector: only of a published one are salt and blind known.
    private static func published(
        _ challenge: TokenChallenge
    ) throws -> (item: [String: Any], request: TokenRequest, response: TokenResponse) {
        let file = SourceTree.root.appending(path: "Tests/BlindRSATests/Vectors/rfc9578_type2_blindrsa2048.json")
        let vectors = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]]
        guard var item = vectors?.first else { throw ConformanceMismatch("vector") }
        func bytes(_ name: String) -> [UInt8] { (item[name] as? String).flatMap { Hexadecimal.decode($0) } ?? [] }
        let request = try TokenRequest(decoding: bytes("token_request"))
        let response = try TokenResponse(decoding: bytes("token_response"), tokenType: .blindRSA2048)
        item["token_request"] = nil
        item["token_response"] = nil
        item["type"] = 2
        return (item, request, response)
    }
}
