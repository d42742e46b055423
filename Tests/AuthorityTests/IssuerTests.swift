import Issuance
import KeySchedule
import LibSodium
import PrivacyPass
import Testing
import VOPRF

struct IssuerTests {
    let secret: IssuerSecret
    let start = UnixTime(seconds: 1_000)

    init() throws { secret = try IssuerSecret() }

    @Test func aRequestIsEvaluatedUnderItsKey() throws {
        let issuer = try issuer()
        let blinded = try elements(1)
        let response = try issuer.evaluate(
            TokenRequest(truncatedKeyID: secret.id.truncated, blindedElement: blinded[0]), under: secret.id, at: start)
        #expect(
            try response.evaluation.proof.isValid(
                publicKey: publicKey, blinded: blinded, evaluated: response.evaluation.elements))
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

    @Test func aSecretIsReadBackFromItsBytes() throws {
        #expect(try IssuerSecret(decoding: secret.encoded()).id == secret.id)
        #expect(throws: IssuerSecret.NotAScalar.self) {
            try IssuerSecret(decoding: SecretBytes(copying: [UInt8](repeating: 0xff, count: 32)))
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
