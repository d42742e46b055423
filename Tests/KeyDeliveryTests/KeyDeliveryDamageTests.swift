import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@Suite final class KeyDeliveryDamageTests {
    let key = Ed25519.PrivateKey()

    /// Signed again, so that the payload's own decoder sees the damage.
    @Test func aDamagedDeliveryIsRefusedOrAnotherDelivery() throws {
        let purpose = SigningPurpose.keyDelivery
        func payload(_ document: KeyDeliveryDocument) throws -> [UInt8] {
            try JSONWebSignature.verify(document.signed(with: key), purpose: purpose, key: key.publicKey)
        }
        let mistakes = try Damage.mistakes(with: payload(document())) {
            let text = JSONWebSignature.sign(payload: $0, purpose: purpose, key: self.key)
            return try KeyDeliveryDocument(verifying: text, key: self.key.publicKey)
        } encode: {
            try payload($0)
        }
        #expect(mistakes.isEmpty)
    }

    private func document() throws -> KeyDeliveryDocument {
        // The generator (RFC 9496, appendix A.1).
        let publicKey = Hexadecimal.decode("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
        let record = try KeyRecord(
            capability: #require(Capability("play")), tokenType: .voprfRistretto255, publicKey: #require(publicKey),
            notBefore: UnixTime(seconds: 1_000), issueUntil: UnixTime(seconds: 2_000),
            acceptUntil: UnixTime(seconds: 3_000))
        return KeyDeliveryDocument(
            issuer: "issuer.example", verifier: VerifierID(of: SealedBox.PrivateKey().publicKey), sequence: 7,
            revocationKey: Ed25519.PrivateKey().publicKey,
            keys: [DeliveredKey(record: record, sealedSecret: Randomness.bytes(80))])
    }
}
