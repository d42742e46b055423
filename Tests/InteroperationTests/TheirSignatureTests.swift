import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Receipts
import Revocation
import Testing

/// The Python package `jwcrypto` on receipts, revocation heads and key sets.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
final class TheirSignatureTests: Sendable {
    let peer: PythonPeer
    let key = Ed25519.PrivateKey()

    init() throws { peer = try PythonPeer() }

    @Test func theyVerifyOurReceiptWithOurKeySet() async throws {
        let receipt = try sampleReceipt()
        let verified = try await peer.ask("verify_signature", [receipt.signed(with: key).bytes, keySet])
        let expected = """
            {"aud":"origin.example:8443",\
            "binding":"\(Base64URL.encode(receipt.bindingDigest.bytes, padded: false))",\
            "key":"\(Base64URL.encode(receipt.keyID.bytes.bytes, padded: false))",\
            "nullifier":"\(Base64URL.encode(receipt.nullifier.bytes, padded: false))"}
            """
        #expect(verified.map { String(decoding: $0, as: UTF8.self) }.last == expected)
    }

    @Test func theyVerifyOurRevocationHeadWithOurKeySet() async throws {
        let head = RevocationHead(
            issuer: "issuer.example", size: 7, root: Randomness.bytes32(), time: UnixTime(seconds: 1_800_000_000))
        let verified = try await peer.ask("verify_signature", [head.signed(with: key).bytes, keySet])
        let root = Base64URL.encode(head.root.bytes, padded: false)
        let expected = #"{"iss":"issuer.example","root":"\#(root)","size":7,"time":1800000000}"#
        #expect(verified.map { String(decoding: $0, as: UTF8.self) }.last == expected)
    }

    @Test func theyRefuseOurReceiptWithAnyByteChanged() async throws {
        let parts = try sampleReceipt().signed(with: key).split(separator: ".").compactMap { Base64URL.decode($0) }
        #expect(parts.count == 3)
        for part in parts.indices {
            for index in parts[part].indices {
                var changed = parts
                changed[part][index] ^= 1
                let text = changed.map { Base64URL.encode($0, padded: false) }.joined(separator: ".")
                let reason = try await peer.refusal(of: "verify_signature", [text.bytes, keySet])
                #expect(reason != nil, "byte \(index) of part \(part)")
            }
        }
    }

    @Test func theyRefuseOurReceiptUnderAnotherKeyOfTheSameSet() async throws {
        let other = Ed25519.PrivateKey()
        // The header names the key that did not sign.
        let parts = try sampleReceipt().signed(with: other).split(separator: ".")
        let header = try sampleReceipt().signed(with: key).split(separator: ".")[0]
        let text = [header, parts[1], parts[2]].joined(separator: ".")
        #expect(try await peer.refusal(of: "verify_signature", [text.bytes, keySet]) != nil)
    }

    @Test func keyIdentifiersAreTheThumbprintsThatTheyCompute() async throws {
        let both = JSONWebKeySet(keys: [
            JSONWebKey(publicKey: key.publicKey, purpose: .receipt),
            JSONWebKey(publicKey: Ed25519.PrivateKey().publicKey, purpose: .revocationHead),
        ])
        let texts = try await peer.ask("thumbprints", [both.encoded]).map { String(decoding: $0, as: UTF8.self) }
        #expect(texts.count == 4)
        for key in both.keys { #expect(texts.count { $0 == key.keyID } == 2) }
    }

    @Test func weVerifyAReceiptThatTheySigned() async throws {
        let receipt = try sampleReceipt()
        let (publicKey, keyID) = try await theirKey()
        #expect(JSONWebKey.keyID(of: publicKey) == keyID)
        let text = try await sign(header(keyID: keyID), payload(of: receipt))
        #expect(try SpendReceipt(verifying: text, key: publicKey) == receipt)
        // Members in another order, and more of them: whoever writes them is free to.
        let other = try await sign(
            #"{"kid":"\#(keyID)", "cty":"x", "typ":"portes-receipt+jwt", "alg":"EdDSA"}"#, payload(of: receipt))
        #expect(try SpendReceipt(verifying: other, key: publicKey) == receipt)
    }

    @Test func weRefuseWhatTheySignedAsAnotherKindOfDocument() async throws {
        let (publicKey, keyID) = try await theirKey()
        for type in ["JWT", "portes-revocation-head+jwt", "Portes-Receipt+jwt", ""] {
            let text = try await sign(header(keyID: keyID, type: type), payload(of: sampleReceipt()))
            #expect(throws: JSONWebSignature.VerificationError.wrongType, "\(type)") {
                try SpendReceipt(verifying: text, key: publicKey)
            }
        }
        let untyped = try await sign(#"{"alg":"EdDSA","kid":"\#(keyID)"}"#, payload(of: sampleReceipt()))
        #expect(throws: JSONWebSignature.VerificationError.malformed) {
            try SpendReceipt(verifying: untyped, key: publicKey)
        }
    }

    @Test func weRefuseWhatTheySignedUnderAnotherKeyIdentifier() async throws {
        let (publicKey, _) = try await theirKey()
        let text = try await sign(
            header(keyID: JSONWebKey.keyID(of: key.publicKey)), payload(of: sampleReceipt()))
        #expect(throws: JSONWebSignature.VerificationError.unknownKey) {
            try SpendReceipt(verifying: text, key: publicKey)
        }
        // Named as the key that is asked about, but not signed by it.
        #expect(throws: JSONWebSignature.VerificationError.invalidSignature) {
            try SpendReceipt(verifying: text, key: self.key.publicKey)
        }
    }

    @Test(arguments: ["none", "HS256"]) func weRefuseOtherAlgorithms(algorithm: String) async throws {
        let (publicKey, keyID) = try await theirKey()
        let text = try await sign(header(keyID: keyID, algorithm: algorithm), payload(of: sampleReceipt()))
        #expect(throws: JSONWebSignature.VerificationError.malformed) {
            try SpendReceipt(verifying: text, key: publicKey)
        }
        // Nor with a signature of the length that is expected.
        let padded = text.split(separator: ".").prefix(2).joined(separator: ".") + "."
            + Base64URL.encode(Randomness.bytes(64), padded: false)
        #expect(throws: JSONWebSignature.VerificationError.malformed) {
            try SpendReceipt(verifying: padded, key: publicKey)
        }
    }

    private var keySet: [UInt8] {
        JSONWebKeySet(keys: [JSONWebKey(publicKey: key.publicKey, purpose: .receipt)]).encoded
    }

    private func sampleReceipt() throws -> SpendReceipt {
        try SpendReceipt(
            keyID: TokenKeyID(Randomness.bytes32()), nullifier: #require(Nullifier(Randomness.bytes(16))),
            bindingDigest: Randomness.bytes32(), audience: "origin.example:8443")
    }

    private func payload(of receipt: SpendReceipt) -> String {
        let parts = receipt.signed(with: key).split(separator: ".")
        return String(decoding: Base64URL.decode(parts[1]) ?? [], as: UTF8.self)
    }

    private func header(keyID: String, type: String = "portes-receipt+jwt", algorithm: String = "EdDSA") -> String {
        #"{"alg":"\#(algorithm)","kid":"\#(keyID)","typ":"\#(type)"}"#
    }

    /// Has the peer draw a key; the key, and its thumbprint as they compute it.
    private func theirKey() async throws -> (Ed25519.PublicKey, String) {
        let values = try await peer.ask("new_signing_key")
        return (
            try Ed25519.PublicKey(#require(values.first.flatMap { Bytes32($0) })),
            String(decoding: values[1], as: UTF8.self)
        )
    }

    private func sign(_ header: String, _ payload: String) async throws -> String {
        String(decoding: try await peer.one("sign", [header.bytes, payload.bytes]), as: UTF8.self)
    }
}

extension String {
    fileprivate var bytes: [UInt8] { Array(utf8) }
}
