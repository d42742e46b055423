import JOSE
import LibSodium
import PrivacyPass
import Receipts
import Testing

@Suite final class SpendReceiptTests {
    let key = Ed25519.PrivateKey()

    private func receipt(audience: String = "origin.example:8443") throws -> SpendReceipt {
        try SpendReceipt(
            keyID: TokenKeyID(Randomness.bytes32()), nullifier: #require(Nullifier(Randomness.bytes(16))),
            bindingDigest: Randomness.bytes32(), audience: audience)
    }

    @Test func aReceiptVerifiesToItself() throws {
        for audience in ["origin.example", "[::1]:8080", "", #"quotes " and \ and / and é"#] {
            let receipt = try receipt(audience: audience)
            #expect(try SpendReceipt(verifying: receipt.signed(with: key), key: key.publicKey) == receipt)
        }
    }

    @Test func theSameReceiptIsAlwaysTheSameText() throws {
        let receipt = try receipt()
        let text = receipt.signed(with: key)
        for _ in 0..<10 { #expect(receipt.signed(with: key) == text) }
    }

    @Test func aReceiptHoldsNoTime() throws {
        let text = try receipt().signed(with: key)
        let payload = try JSONWebSignature.verify(text, purpose: .receipt, key: key.publicKey)
        let members = String(decoding: payload, as: UTF8.self).matches(of: /"(\w+)":/).map { String($0.1) }
        #expect(members == ["aud", "binding", "key", "nullifier"])
    }

    @Test func aReceiptOfAnotherKeyOrKindIsRefused() throws {
        let text = try receipt().signed(with: Ed25519.PrivateKey())
        #expect(throws: JSONWebSignature.VerificationError.unknownKey) {
            try SpendReceipt(verifying: text, key: self.key.publicKey)
        }
        let payload = try JSONWebSignature.verify(
            receipt().signed(with: key), purpose: .receipt, key: key.publicKey)
        let head = JSONWebSignature.sign(payload: payload, purpose: .revocationHead, key: key)
        #expect(throws: JSONWebSignature.VerificationError.wrongType) {
            try SpendReceipt(verifying: head, key: self.key.publicKey)
        }
    }

    @Test func aSignedTextThatIsNoReceiptIsMalformed() throws {
        let text = try receipt().signed(with: key)
        let payload = String(
            decoding: try JSONWebSignature.verify(text, purpose: .receipt, key: key.publicKey), as: UTF8.self)
        let changes: [(String, String)] = [
            (#""aud":"#, #""audience":"#), (#""nullifier":""#, #""nullifier":"AAAA"#), (#""key":""#, #""key":"!"#),
            (#""binding":""#, #""binding":"AAAA"#), (#""aud":""#, #""aud":7,"other":""#), ("{", "[{"),
        ]
        for (part, other) in changes {
            let changed = payload.replacing(part, with: other)
            #expect(changed != payload)
            let signed = JSONWebSignature.sign(payload: Array(changed.utf8), purpose: .receipt, key: key)
            #expect(throws: JSONWebSignature.VerificationError.malformed, "\(other)") {
                try SpendReceipt(verifying: signed, key: self.key.publicKey)
            }
        }
    }
}
