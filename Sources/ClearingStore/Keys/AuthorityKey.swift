package import LibSodium
internal import PrivacyPass

/// The key with which the authority signs what it delivers, as a clearing server's admin pins it.
package struct AuthorityKey: Sendable, Hashable {
    /// The key.
    package let publicKey: Ed25519.PublicKey

    /// The key.
    package init(_ publicKey: Ed25519.PublicKey) { self.publicKey = publicKey }

    /// The key in a text of 43 characters of base64url, or `nil`.
    package init?(text: String) {
        guard let bytes = Base64URL.decode(text).flatMap({ Bytes32($0) }) else { return nil }
        publicKey = Ed25519.PublicKey(bytes)
    }

    /// The key as a text of 43 characters.
    package var text: String { Base64URL.encode(publicKey.encoded.bytes, padded: false) }
}
