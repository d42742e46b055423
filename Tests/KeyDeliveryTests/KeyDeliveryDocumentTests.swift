import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import Testing

@Suite final class KeyDeliveryDocumentTests {
    let signingKey = Ed25519.PrivateKey()
    let identity = SealedBox.PrivateKey()

    /// The generator (RFC 9496, appendix A.1).
    private static let publicKey =
        Hexadecimal.decode("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76") ?? []

    private func document(keyCount: Int = 2, secret: [UInt8] = [1, 2, 3]) throws -> KeyDeliveryDocument {
        let keys = try (0..<keyCount).map { index in
            let start = UnixTime(seconds: 1_000 * Int64(index + 1))
            let record = try KeyRecord(
                capability: #require(Capability("play-\(index)")), tokenType: .voprfRistretto255,
                publicKey: Self.publicKey, notBefore: start, issueUntil: start.adding(seconds: 10),
                acceptUntil: start.adding(seconds: 20))
            let sealed = identity.publicKey.seal(SecretBytes(copying: secret))
            return DeliveredKey(record: record, sealedSecret: try #require(sealed))
        }
        return KeyDeliveryDocument(
            issuer: "issuer.example", verifier: VerifierID(of: identity.publicKey), sequence: .max,
            revocationKey: Ed25519.PrivateKey().publicKey, keys: keys)
    }

    @Test(arguments: [0, 1, 5]) func aDocumentVerifiesToItself(keyCount: Int) throws {
        let document = try document(keyCount: keyCount)
        let text = document.signed(with: signingKey)
        #expect(try KeyDeliveryDocument(verifying: text, key: signingKey.publicKey) == document)
        #expect(document.signed(with: signingKey) == text)
    }

    @Test func aSecretArrivesAndOnlyWhereItIsSealedTo() throws {
        let secret = Randomness.bytes(32)
        let text = try document(keyCount: 1, secret: secret).signed(with: signingKey)
        let arrived = try KeyDeliveryDocument(verifying: text, key: signingKey.publicKey)
        let sealed = try #require(arrived.keys.first).sealedSecret
        #expect(sealed.count == 32 + 48)
        let opened = try identity.open(sealed).withUnsafeBytes { Array($0) }
        #expect(opened == secret)
        #expect(throws: SealedBox.OpeningFailure.self) { _ = try SealedBox.PrivateKey().open(sealed) }
    }

    @Test func aDocumentOfAnotherKeyOrKindIsRefused() throws {
        let text = try document().signed(with: Ed25519.PrivateKey())
        #expect(throws: JSONWebSignature.VerificationError.unknownKey) {
            try KeyDeliveryDocument(verifying: text, key: self.signingKey.publicKey)
        }
        let payload = try payload()
        let receipt = JSONWebSignature.sign(payload: Array(payload.utf8), purpose: .receipt, key: signingKey)
        #expect(throws: JSONWebSignature.VerificationError.wrongType) {
            try KeyDeliveryDocument(verifying: receipt, key: self.signingKey.publicKey)
        }
    }

    @Test func anyChangedPartOfADocumentIsRefused() throws {
        let text = try document().signed(with: signingKey)
        let parts = text.split(separator: ".").compactMap { Base64URL.decode($0) }
        for part in parts.indices {
            for index in stride(from: 0, to: parts[part].count, by: 7) {
                var changed = parts
                changed[part][index] ^= 1
                let other = changed.map { Base64URL.encode($0, padded: false) }.joined(separator: ".")
                #expect(throws: JSONWebSignature.VerificationError.self) {
                    try KeyDeliveryDocument(verifying: other, key: self.signingKey.publicKey)
                }
            }
        }
    }

    @Test func aSignedTextThatIsNoDocumentIsMalformed() throws {
        let payload = try payload()
        let changes: [(String, String)] = [
            (#""sequence":18446744073709551615"#, #""sequence":18446744073709551616"#),
            (#""sequence":18446744073709551615"#, #""sequence":-1"#),
            (#""verifier":""#, #""verifier":"AAAA"#), (#""revocation-key":""#, #""revocation-key":"AAAA"#),
            (#""issue-until":1010"#, #""issue-until":999"#), (#""sealed":""#, #""sealed":"!"#),
            (#""token-type":5"#, #""token-type":1"#), (#""iss":"#, #""issuer":"#),
        ]
        for (part, other) in changes {
            let changed = payload.replacing(part, with: other)
            #expect(changed != payload, "\(part)")
            let text = JSONWebSignature.sign(payload: Array(changed.utf8), purpose: .keyDelivery, key: signingKey)
            #expect(throws: JSONWebSignature.VerificationError.malformed, "\(other)") {
                try KeyDeliveryDocument(verifying: text, key: self.signingKey.publicKey)
            }
        }
    }

    @Test func aVerifierIDReadsAsItsText() {
        let id = VerifierID(of: identity.publicKey)
        #expect(id.text.count == 43 && VerifierID(text: id.text) == id)
        for text in ["", String(id.text.dropLast()), id.text + "A", id.text + "=", String(id.text.dropLast()) + "!"] {
            #expect(VerifierID(text: text) == nil, "\(text.count) characters")
        }
        #expect(VerifierID(of: SealedBox.PrivateKey().publicKey) != id)
    }

    private func payload() throws -> String {
        let text = try document().signed(with: signingKey)
        return String(
            decoding: try JSONWebSignature.verify(text, purpose: .keyDelivery, key: signingKey.publicKey),
            as: UTF8.self)
    }
}
