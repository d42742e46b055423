import LibSodium
import PrivacyPass
import TestSupport
import Testing

/// Header fields and the issuer directory, damaged in every place.
@Suite struct DamageTests {
    @Test func aDamagedChallengeFieldIsPassedOverOrAnotherChallenge() throws {
        let field = PrivateTokenChallenge(
            challenge: try Samples().challenge, tokenKey: [1, 2, 3], maximumAge: 600
        ).fieldValue
        let mistakes = Damage.mistakes(with: Array(field.utf8), canBeCut: true) {
            PrivateTokenChallenge.parse([String(decoding: $0, as: UTF8.self)])
        } encode: {
            Array($0.map(\.fieldValue).joined(separator: ", ").utf8)
        }
        #expect(mistakes.isEmpty)
    }

    @Test func damagedCredentialsAreRefusedOrAnotherToken() throws {
        let field = PrivateTokenCredentials(token: try Samples().token).fieldValue
        let mistakes = Damage.mistakes(with: Array(field.utf8)) {
            try PrivateTokenCredentials(fieldValue: String(decoding: $0, as: UTF8.self)).token.encoded
        } encode: {
            try Array(PrivateTokenCredentials(token: Token(decoding: $0)).fieldValue.utf8)
        }
        #expect(mistakes.isEmpty)
    }

    @Test func aDamagedDirectoryIsRefusedOrAnotherDirectory() throws {
        let directory = IssuerDirectory(
            issuerRequestURI: "/token-request",
            tokenKeys: [
                .init(
                    tokenType: .voprfRistretto255, tokenKey: Randomness.bytes(32), notBefore: 2_000,
                    capability: Capability("play")),
                .init(tokenType: TokenType(rawValue: 2), tokenKey: [9]),
            ])
        let mistakes = Damage.mistakes(
            with: directory.encoded, decode: { try IssuerDirectory(decoding: $0) }, encode: \.encoded)
        #expect(mistakes.isEmpty)
    }
}
