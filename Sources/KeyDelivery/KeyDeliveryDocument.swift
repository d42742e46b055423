package import JOSE
package import LibSodium
package import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Everything that one clearing server needs from the authority to verify tokens, signed.
///
/// Travels as a JSON Web Signature with `typ` ``SigningPurpose/keyDelivery``. The clearing server has pinned the key
/// that signs it; the key that signs revocation heads is named inside.
package struct KeyDeliveryDocument: Sendable, Hashable {
    /// The issuer's name.
    package let issuer: String
    /// The verifier that the secrets are sealed to.
    package let verifier: VerifierID
    /// Rises by one with each change, so that an older document cannot be passed off as the present one.
    package let sequence: UInt64
    /// The key that signs revocation heads.
    package let revocationKey: Ed25519.PublicKey
    /// The keys that the verifier is trusted with.
    package let keys: [DeliveredKey]
    /// Whether the verifier is trusted with public keys alone, so that keys of other types never come.
    package let isPublicOnly: Bool

    /// How many keys a document may name: as many as an authority can have in use, since requests tell them apart by
    /// one byte of their ids. Each takes guarded memory, of which a process can have some ten thousand pieces.
    package static let maximumKeyCount = 256

    /// A document from its parts.
    package init(
        issuer: String, verifier: VerifierID, sequence: UInt64, revocationKey: Ed25519.PublicKey,
        keys: [DeliveredKey], isPublicOnly: Bool = false
    ) {
        self.isPublicOnly = isPublicOnly
        self.issuer = issuer
        self.verifier = verifier
        self.sequence = sequence
        self.revocationKey = revocationKey
        self.keys = keys
    }

    /// The document as a JSON Web Signature.
    package func signed(with key: borrowing Ed25519.PrivateKey) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload = Payload(
            iss: issuer, keys: keys, revocationKey: Base64URL.encode(revocationKey.encoded.bytes),
            sequence: sequence, verifier: verifier.text, isPublicOnly: isPublicOnly ? true : nil)
        // Records, strings and integers always encode.
        let bytes = (try? encoder.encode(payload)).map { Array($0) } ?? []
        return JSONWebSignature.sign(payload: bytes, purpose: .keyDelivery, key: key)
    }

    /// The document in a text that was signed with `key`.
    package init(
        verifying text: String, key: Ed25519.PublicKey
    ) throws(JSONWebSignature.VerificationError) {
        let bytes = try JSONWebSignature.verify(text, purpose: .keyDelivery, key: key)
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(bytes)),
            payload.keys.count <= Self.maximumKeyCount, let verifier = VerifierID(text: payload.verifier),
            let revocationKey = Base64URL.decode(payload.revocationKey).flatMap({ Bytes32($0) })
        else { throw .malformed }
        self.init(
            issuer: payload.iss, verifier: verifier, sequence: payload.sequence,
            revocationKey: Ed25519.PublicKey(revocationKey), keys: payload.keys,
            isPublicOnly: payload.isPublicOnly ?? false)
    }

    private struct Payload: Codable {
        let iss: String
        let keys: [DeliveredKey]
        let revocationKey: String
        let sequence: UInt64
        let verifier: String
        // Not there for most, and in documents of earlier versions.
        let isPublicOnly: Bool?

        enum CodingKeys: String, CodingKey {
            case iss, keys, sequence, verifier
            case isPublicOnly = "public-only"
            case revocationKey = "revocation-key"
        }
    }
}
