import JOSE
import KeyDelivery
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@Suite final class RedeemedCountTests {
    let key = Ed25519.PrivateKey()
    let count = RedeemedCount(
        issuer: "issuer.example", verifier: VerifierID(of: SealedBox.PrivateKey().publicKey),
        keyID: TokenKeyID(Randomness.bytes32()), count: 42)

    @Test func aStatementSaysWhatWasSignedAndIsAlwaysTheSameText() throws {
        let text = count.signed(with: key)
        #expect(text == count.signed(with: key) && text.utf8.count <= RedeemedCount.maximumCount)
        #expect(try RedeemedCount(verifying: text, key: key.publicKey) == count)
        #expect(throws: JSONWebSignature.VerificationError.unknownKey) {
            try RedeemedCount(verifying: text, key: Ed25519.PrivateKey().publicKey)
        }
    }

    @Test func aReceiptsSignatureIsNone() throws {
        let payload = try JSONWebSignature.verify(
            count.signed(with: key), purpose: .redeemedCount, key: key.publicKey)
        let text = JSONWebSignature.sign(payload: payload, purpose: .receipt, key: key)
        #expect(throws: JSONWebSignature.VerificationError.wrongType) {
            try RedeemedCount(verifying: text, key: key.publicKey)
        }
    }

    /// Signed again, so that the payload's own decoder sees the damage: there is one way to write a statement.
    @Test func aDamagedStatementIsRefusedOrAnotherStatement() throws {
        let payload = try JSONWebSignature.verify(
            count.signed(with: key), purpose: .redeemedCount, key: key.publicKey)
        let mistakes = Damage.mistakes(with: payload) { bytes in
            let text = JSONWebSignature.sign(payload: bytes, purpose: .redeemedCount, key: self.key)
            let read = try RedeemedCount(verifying: text, key: self.key.publicKey)
            return try JSONWebSignature.verify(
                read.signed(with: self.key), purpose: .redeemedCount, key: self.key.publicKey)
        }
        #expect(mistakes.isEmpty)
        let large = #"{"count":9223372036854775808,"iss":"a","key":"b","verifier":"c"}"#
        for text in ["{}", "[]", #"{"count":-1}"#, large] {
            let signed = JSONWebSignature.sign(payload: Array(text.utf8), purpose: .redeemedCount, key: key)
            #expect(throws: JSONWebSignature.VerificationError.malformed) {
                try RedeemedCount(verifying: signed, key: key.publicKey)
            }
        }
    }

    @Test func anIdentityHasOneKeyOrTwo() throws {
        let sealing = SealedBox.PrivateKey().publicKey
        let both = VerifierIdentity(sealing: sealing, counts: key.publicKey)
        let one = VerifierIdentity(sealing: sealing, counts: nil)
        #expect(both.text.count == 86 && one.text.count == 43)
        #expect(VerifierIdentity(text: both.text) == both && VerifierIdentity(text: one.text) == one)
        #expect(both.text.hasPrefix(one.text.prefix(42)))
        for bad in ["", "AAAA", String(both.text.dropLast()), both.text + "A", one.text + "=", both.text + "=="] {
            #expect(VerifierIdentity(text: bad) == nil, "\(bad)")
        }
        // A point of small order: everybody could open what is sealed to it.
        let weak = Base64URL.encode([UInt8](repeating: 0, count: 32) + key.publicKey.encoded.bytes, padded: false)
        #expect(VerifierIdentity(text: weak) == nil)
    }
}
