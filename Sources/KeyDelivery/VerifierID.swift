package import LibSodium
internal import PrivacyPass

/// The id of a clearing server: SHA-256 of its identity key, 32 bytes; in URLs base64url without padding.
package struct VerifierID: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: Bytes32

    /// The id of the server with this identity key.
    package init(of identity: SealedBox.PublicKey) { bytes = SHA256.hash(identity.encoded) }

    /// The id in a text of 43 characters, or `nil`.
    package init?(text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text).flatMap({ Bytes32($0) }) else { return nil }
        self.bytes = bytes
    }

    /// The id as a text of 43 characters.
    package var text: String { Base64URL.encode(bytes.bytes, padded: false) }
}
