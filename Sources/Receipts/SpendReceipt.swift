public import JOSE
public import LibSodium
public import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A signed statement that a token was spent, on what, and at whose counter; it holds no time and no person.
///
/// The payload's members are in fixed order, so a replayed spend is signed again to the same text instead of stored.
public struct SpendReceipt: Sendable, Hashable {
    /// The key of the token.
    public let keyID: TokenKeyID
    /// The token's nullifier, 16 bytes.
    public let nullifier: Nullifier
    /// SHA-256 of the binding that the token was spent with, 32 bytes.
    public let bindingDigest: Bytes32
    /// The name of the origin at which the token was spent.
    public let audience: String

    /// A receipt from its parts.
    public init(keyID: TokenKeyID, nullifier: Nullifier, bindingDigest: Bytes32, audience: String) {
        self.keyID = keyID
        self.nullifier = nullifier
        self.bindingDigest = bindingDigest
        self.audience = audience
    }

    /// The receipt as a JSON Web Signature with `typ` ``SigningPurpose/receipt``.
    public func signed(with key: borrowing Ed25519.PrivateKey) -> String {
        signed(with: key, header: JSONWebSignature.Header(purpose: .receipt, key: key.publicKey))
    }

    /// The same with the header made beforehand, which has to be that of `key` for ``SigningPurpose/receipt``.
    public func signed(with key: borrowing Ed25519.PrivateKey, header: JSONWebSignature.Header) -> String {
        // Written by hand, because an encoder takes as long as the signature does. Base64url needs no escapes.
        let payload = """
            {"aud":\(JSONText.quoted(audience)),"binding":"\(Base64URL.encode(bindingDigest.bytes, padded: false))",\
            "key":"\(Base64URL.encode(keyID.bytes.bytes, padded: false))",\
            "nullifier":"\(Base64URL.encode(nullifier.bytes, padded: false))"}
            """
        return JSONWebSignature.sign(payload: Array(payload.utf8), header: header, key: key)
    }

    /// The receipt in a text that was signed with `key`.
    public init(
        verifying text: String, key: Ed25519.PublicKey
    ) throws(JSONWebSignature.VerificationError) {
        let bytes = try JSONWebSignature.verify(text, purpose: .receipt, key: key)
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(bytes)),
            let keyID = Base64URL.decode(payload.key).flatMap({ Bytes32($0) }),
            let nullifier = Base64URL.decode(payload.nullifier).flatMap({ Nullifier($0) }),
            let binding = Base64URL.decode(payload.binding).flatMap({ Bytes32($0) })
        else { throw .malformed }
        self.init(
            keyID: TokenKeyID(keyID), nullifier: nullifier, bindingDigest: binding, audience: payload.aud)
    }

    private struct Payload: Decodable {
        let aud: String
        let binding: String
        let key: String
        let nullifier: String
    }
}
