import JOSE
import LibSodium
import PrivacyPass
import Receipts
import TestSupport
import Testing

@Suite final class ReceiptDamageTests {
    let key = Ed25519.PrivateKey()

    /// Signed again, so that the payload's own decoder sees the damage.
    @Test func aDamagedReceiptIsRefusedOrAnotherReceipt() throws {
        let receipt = try SpendReceipt(
            keyID: TokenKeyID(Randomness.bytes32()), nullifier: #require(Nullifier(Randomness.bytes(16))),
            bindingDigest: Randomness.bytes32(), audience: "origin.example:8443")
        func payload(_ receipt: SpendReceipt) throws -> [UInt8] {
            try JSONWebSignature.verify(receipt.signed(with: key), purpose: .receipt, key: key.publicKey)
        }
        let mistakes = try Damage.mistakes(with: payload(receipt)) {
            let text = JSONWebSignature.sign(payload: $0, purpose: .receipt, key: self.key)
            return try SpendReceipt(verifying: text, key: self.key.publicKey)
        } encode: {
            try payload($0)
        }
        #expect(mistakes.isEmpty)
    }

    private struct NoKeySet: Error {}

    @Test func aDamagedKeySetGivesOtherKeysOrNone() throws {
        let keys = [Ed25519.PrivateKey().publicKey, key.publicKey]
        let set = JSONWebKeySet(keys: keys.map { JSONWebKey(publicKey: $0, purpose: .receipt) })
        let mistakes = Damage.mistakes(with: set.encoded) {
            guard let keys = JSONWebKeySet.publicKeys(in: $0) else { throw NoKeySet() }
            return keys
        } encode: { keys in
            JSONWebKeySet(keys: keys.map { JSONWebKey(publicKey: $0, purpose: .receipt) }).encoded
        }
        #expect(mistakes.isEmpty)
    }
}
