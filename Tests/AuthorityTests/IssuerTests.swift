import Issuance
import KeySchedule
import LibSodium
import PrivacyPass
import Testing
import VOPRF

struct IssuerTests {
    let secret: IssuerSecret
    let start = UnixTime(seconds: 1_000)

    init() throws { secret = try IssuerSecret(.voprfRistretto255) }

    @Test func aRequestIsEvaluatedUnderItsKey() throws {
        let issuer = try issuer()
        let blinded = try elements(1)
        let response = try issuer.evaluate(
            TokenRequest(truncatedKeyID: secret.id.truncated, blindedElement: blinded[0]), under: secret.id, at: start)
        let evaluation = try #require(response.evaluation)
        #expect(
            try evaluation.proof.isValid(publicKey: publicKey, blinded: blinded, evaluated: evaluation.elements))
    }

    @Test func aBatchHasOneProof() throws {
        let blinded = try elements(100)
        let request = try AmortizedBatchTokenRequest(truncatedKeyID: secret.id.truncated, blindedElements: blinded)
        let response = try issuer().evaluate(request, under: secret.id, at: start)
        #expect(response.evaluation.elements.count == 100)
        #expect(
            try response.evaluation.proof.isValid(
                publicKey: publicKey, blinded: blinded, evaluated: response.evaluation.elements))
    }

    @Test func onlyAKeyThatAcceptsOrIsAboutToIssueEvaluates() throws {
        let request = TokenRequest(truncatedKeyID: secret.id.truncated, blindedElement: try elements(1)[0])
        for (seconds, works) in [
            (969, false), (970, true), (1_000, true), (1_999, true), (2_000, true), (2_999, true), (3_000, false),
        ] {
            let time = UnixTime(seconds: Int64(seconds))
            let result = Result { try issuer().evaluate(request, under: secret.id, at: time) }
            #expect(((try? result.get()) != nil) == works, "at \(seconds)")
        }
        #expect(throws: Issuer.IssuanceError.keyNotAccepted) {
            try issuer(revoked: [secret.id]).evaluate(request, under: secret.id, at: start)
        }
        #expect(throws: Issuer.IssuanceError.keyNotAccepted) {
            try issuer().evaluate(request, under: TokenKeyID(.zero), at: start)
        }
    }

    @Test func aKeyIsFoundByItsLastByteWhileItAccepts() throws {
        let (byte, type) = (secret.id.truncated, TokenType.voprfRistretto255)
        #expect(try issuer().key(truncatedID: byte, tokenType: type, at: start)?.id == secret.id)
        #expect(try issuer().key(truncatedID: byte, tokenType: type, at: UnixTime(seconds: 2_500))?.id == secret.id)
        #expect(try issuer().key(truncatedID: byte, tokenType: type, at: UnixTime(seconds: 3_000)) == nil)
        #expect(try issuer().key(truncatedID: byte &+ 1, tokenType: type, at: start) == nil)
        #expect(try issuer(revoked: [secret.id]).key(truncatedID: byte, tokenType: type, at: start) == nil)
    }

    @Test(arguments: TokenType.implemented) func aSecretIsReadBackFromItsBytes(_ type: TokenType) throws {
        let secret = try IssuerSecret(type)
        let read = try IssuerSecret(decoding: secret.encoded())
        #expect(read.tokenKey == secret.tokenKey && read.tokenKey.tokenType == type)
    }

    @Test(arguments: TokenType.implemented) func aKeyFilesBytesAreOfOneTypeAndOneForm(_ type: TokenType) throws {
        let bytes = try IssuerSecret(type).encoded().withUnsafeBytes { Array($0) }
        if type != .voprfRistretto255 { #expect(bytes.prefix(2) == [0, UInt8(type.rawValue)]) }
        let others = TokenType.implemented.filter { $0 != type }.map { [0, UInt8($0.rawValue)] + bytes.dropFirst(2) }
        // 32 bytes are a scalar of type 0x0005, whatever they begin with.
        let renamed = type == .voprfRistretto255 ? [] : others + [[0xff, 0xff] + bytes.dropFirst(2)]
        for wrong in renamed + [Array(bytes.dropLast()), bytes + [0], [0, 5] + bytes] {
            let secret = SecretBytes(copying: wrong)
            #expect(throws: IssuerSecret.SecretError.self) { try IssuerSecret(decoding: secret) }
        }
    }

    @Test(arguments: [[], [1], [0, 5], [0, 2], [UInt8](repeating: 0xff, count: 32), [UInt8](repeating: 0, count: 50)])
    func whatIsNoSecretIsRefused(_ bytes: [UInt8]) {
        let secret = SecretBytes(copying: bytes)
        #expect(throws: IssuerSecret.SecretError.self) { try IssuerSecret(decoding: secret) }
    }

    @Test(arguments: TokenType.implemented)
    func tokensOfEveryTypeAreMadeUnderTheirKeyAndKnownAgain(_ type: TokenType) throws {
        let secret = try IssuerSecret(type)
        let capability = try #require(Capability("session"))
        let record = try KeyRecord(
            capability: capability, tokenType: type, publicKey: secret.publicKey, notBefore: start,
            issueUntil: start.adding(seconds: 10), acceptUntil: start.adding(seconds: 20))
        let issuer = Issuer(records: [record], secrets: [secret], revoked: [])
        let challenge = try TokenChallenge(tokenType: type, issuerName: ServerName("issuer.example"))
        let input = AuthenticatorInput(
            tokenType: type, nonce: .random(), challengeDigest: challenge.digest, keyID: record.id)
        let blinding = try #require(type.scheme).blind([input.encoded], publicKey: secret.publicKey)[0]
        let request = try TokenRequest(
            tokenType: type, truncatedKeyID: record.id.truncated, blindedMessage: blinding.blindedMessage)
        let response = try issuer.evaluate(request, under: record.id, at: start)
        let token = try Token(input: input, authenticator: blinding.finalize(response.encoded))
        #expect(throws: Never.self) { try issuer.verify(token, at: start) }
        var changed = token.authenticator
        changed[changed.count / 2] ^= 1
        let forged = try Token(input: input, authenticator: changed)
        #expect(throws: Issuer.TokenRefusal.badAuthenticator) { try issuer.verify(forged, at: start) }
        // A request of another type never reaches the key, whatever it says of it.
        for other in try TokenType.implemented.filter({ $0 != type }).map({ try IssuerSecret($0) }) {
            let scheme = try #require(other.tokenKey.tokenType.scheme)
            let foreign = try TokenRequest(
                tokenType: other.tokenKey.tokenType, truncatedKeyID: record.id.truncated,
                blindedMessage: scheme.blind([input.encoded], publicKey: other.publicKey)[0].blindedMessage)
            #expect(throws: Issuer.IssuanceError.keyNotAccepted) {
                try issuer.evaluate(foreign, under: record.id, at: start)
            }
        }
    }

    @Test(arguments: TokenType.implemented)
    func aVerifierIsSentTheSecretOnlyWhereItTakesOneToVerify(type: TokenType) throws {
        let secret = try IssuerSecret(type)
        let identity = SealedBox.PrivateKey()
        let sealed = try #require(secret.sealed(to: identity.publicKey))
        if type == .blindRSA2048 {
            #expect(sealed.isEmpty)
        } else {
            let opened = try identity.open(sealed)
            let id = try IssuerSecret(type, decoding: opened).id
            #expect(id == secret.id)
        }
    }

    private var publicKey: ServerPublicKey {
        get throws { try ServerPublicKey(decoding: secret.publicKey) }
    }

    private func issuer(revoked: Set<TokenKeyID> = []) throws -> Issuer {
        let record = try KeyRecord(
            capability: .session, tokenType: .voprfRistretto255, publicKey: secret.publicKey, notBefore: start,
            issueUntil: UnixTime(seconds: 2_000), acceptUntil: UnixTime(seconds: 3_000))
        return Issuer(records: [record], secrets: [secret], revoked: revoked)
    }

    private func elements(_ count: Int) throws -> [Ristretto255.Element] {
        try (0..<count).map { _ in try Ristretto255.Element.generator(times: SecretScalar()) }
    }
}
