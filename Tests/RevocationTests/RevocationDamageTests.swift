import JOSE
import LibSodium
import Revocation
import TestSupport
import Testing

/// Heads and pages of the revocation list, damaged in every place.
@Suite final class RevocationDamageTests {
    let key = Ed25519.PrivateKey()

    /// Signed again, so that the payload's own decoder sees the damage.
    @Test func aDamagedHeadIsRefusedOrAnotherHead() throws {
        let purpose = SigningPurpose.revocationHead
        let head = try Sample.head(of: Sample.list(Sample.entries(3)))
        func payload(_ head: RevocationHead) throws -> [UInt8] {
            try JSONWebSignature.verify(head.signed(with: key), purpose: purpose, key: key.publicKey)
        }
        let mistakes = try Damage.mistakes(with: payload(head)) {
            let text = JSONWebSignature.sign(payload: $0, purpose: purpose, key: self.key)
            return try RevocationHead(verifying: text, key: self.key.publicKey)
        } encode: {
            try payload($0)
        }
        #expect(mistakes.isEmpty)
    }

    @Test func aDamagedPageIsRefusedOrAnotherPage() throws {
        let entries = try Sample.entries(2)
        let head = try Sample.head(of: Sample.list(entries)).signed(with: key)
        let page = RevocationPage(after: 0, entries: entries, signedHead: head)
        let mistakes = Damage.mistakes(
            with: page.encoded, decode: { try RevocationPage(decoding: $0) }, encode: \.encoded)
        #expect(mistakes.isEmpty)
    }
}
