public import LibSodium

/// The id of a server that verifies tokens: SHA-256 of its identity key, 32 bytes; in URLs base64url without padding.
public struct VerifierID: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The id with these bytes.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The id of the server with this identity key.
    public init(of identity: SealedBox.PublicKey) { bytes = SHA256.hash(identity.encoded) }

    /// The id in a text of 43 characters, or `nil`.
    public init?(text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text).flatMap({ Bytes32($0) }) else { return nil }
        self.bytes = bytes
    }

    /// The id as a text of 43 characters.
    public var text: String { Base64URL.encode(bytes.bytes, padded: false) }
}
