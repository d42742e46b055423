import Foundation
import LibSodium
import Testing

@testable import PrivacyPass

/// The header and challenge vectors of RFC 9577, appendix A. They are of types that are not implemented, so the fields
/// are read one level below ``PrivateTokenChallenge``, and challenges are made from their parts.
struct HeadersVectorTests {
    private struct HeaderVector: Decodable {
        let challenges: [Expected]
        let field: String

        struct Expected: Decodable {
            let tokenType: UInt16
            let tokenKey: String
            let maximumAge: UInt64?
            let tokenChallenge: String

            enum CodingKeys: String, CodingKey {
                case tokenType = "token-type"
                case tokenKey = "token-key"
                case maximumAge = "max-age"
                case tokenChallenge = "token-challenge"
            }
        }

        enum CodingKeys: String, CodingKey {
            case challenges
            case field = "WWW-Authenticate"
        }
    }

    private struct ChallengeVector: Decodable {
        let token_type: String
        let issuer_name: String?
        let redemption_context: String?
        let origin_info: String?
        let nonce: String?
        let token_key_id: String?
        let token_authenticator_input: String
        let token_challenge: String?
        let challenge_digest: String?
    }

    @Test func everyChallengeOfEveryHeaderIsFound() throws {
        let vectors: [HeaderVector] = try load("rfc9577_www_authenticate")
        #expect(vectors.count == 3)
        for vector in vectors {
            let found = AuthenticationField.parse(vector.field).filter { $0.scheme == "privatetoken" }
            #expect(found.count == vector.challenges.count)
            for (field, expected) in zip(found, vector.challenges) {
                let challenge = try #require(field.value(of: "challenge").flatMap { Base64URL.decode($0) })
                #expect(Hexadecimal.encode(challenge) == expected.tokenChallenge)
                #expect(challenge.first == UInt8(expected.tokenType >> 8))
                #expect(challenge.dropFirst().first == UInt8(expected.tokenType & 0xff))
                let key = try #require(field.value(of: "token-key").flatMap { Base64URL.decode($0) })
                #expect(Hexadecimal.encode(key) == expected.tokenKey)
                #expect(field.value(of: "max-age").flatMap { UInt64($0) } == expected.maximumAge)
            }
        }
    }

    @Test func theirChallengesOfKnownTypesAreFoundInOrderWithOthersAroundThem() throws {
        let known = PrivateTokenChallenge(challenge: try Samples().challenge, tokenKey: [1, 2, 3], maximumAge: 10)
        var found = 0
        for vector: HeaderVector in try load("rfc9577_www_authenticate") {
            let theirs = PrivateTokenChallenge.parse([vector.field])
            let expected = vector.challenges.filter { TokenType.implemented.map(\.rawValue).contains($0.tokenType) }
            #expect(theirs.map { Hexadecimal.encode($0.challenge.encoded) } == expected.map(\.tokenChallenge))
            #expect(theirs.map { Hexadecimal.encode($0.tokenKey ?? []) } == expected.map(\.tokenKey))
            #expect(PrivateTokenChallenge.parse([vector.field + ", " + known.fieldValue]) == theirs + [known])
            #expect(PrivateTokenChallenge.parse([known.fieldValue + "," + vector.field]) == [known] + theirs)
            #expect(PrivateTokenChallenge.parse([vector.field, known.fieldValue]) == theirs + [known])
            found += theirs.count
        }
        #expect(found > 0)
    }

    @Test func challengesDigestsAndInputsAreThoseOfTheVectors() throws {
        let vectors: [ChallengeVector] = try load("rfc9577_token_challenge")
        let complete = vectors.filter { $0.issuer_name != nil }
        #expect(complete.count == 5)
        for vector in complete {
            let type = TokenType(rawValue: try #require(UInt16(vector.token_type, radix: 16)))
            let originInfo = try text(vector.origin_info)
            let challenge = try TokenChallenge(
                tokenType: type, issuerName: ServerName(text(vector.issuer_name)),
                redemptionContext: Bytes32(decoded(vector.redemption_context)),
                originNames: originInfo.split(separator: ",").map { try ServerName(String($0)) })
            #expect(Hexadecimal.encode(challenge.encoded) == vector.token_challenge)
            #expect(Hexadecimal.encode(challenge.digest.bytes.bytes) == vector.challenge_digest)
            let nonce = Nonce(try #require(Bytes32(decoded(vector.nonce))))
            let keyID = TokenKeyID(try #require(Bytes32(decoded(vector.token_key_id))))
            let input = AuthenticatorInput(
                tokenType: type, nonce: nonce, challengeDigest: challenge.digest, keyID: keyID)
            #expect(Hexadecimal.encode(input.encoded) == vector.token_authenticator_input)
        }
    }

    private func decoded(_ hex: String?) throws -> [UInt8] {
        try #require(hex.flatMap { Hexadecimal.decode($0) })
    }

    private func text(_ hex: String?) throws -> String { String(decoding: try decoded(hex), as: UTF8.self) }

    private func load<T: Decodable>(_ name: String) throws -> [T] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
        return try JSONDecoder().decode([T].self, from: Data(contentsOf: url))
    }
}
