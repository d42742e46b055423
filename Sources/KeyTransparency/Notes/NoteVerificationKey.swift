public import LibSodium
internal import PrivacyPass

/// What is needed to check one signer's signatures on notes: name, kind and Ed25519 public key.
public struct NoteVerificationKey: Sendable, Hashable {
    /// The signer's name.
    public let name: NoteKeyName
    /// The kind of its signatures.
    public let type: NoteSignatureType
    /// Its public key, 32 bytes.
    public let publicKey: Ed25519.PublicKey

    /// A key from its parts.
    public init(name: NoteKeyName, type: NoteSignatureType, publicKey: Ed25519.PublicKey) {
        self.name = name
        self.type = type
        self.publicKey = publicKey
    }

    /// The first four bytes, big-endian, of SHA-256 over name, newline, type and public key (C2SP signed-note).
    public var id: UInt32 {
        let hash = SHA256.hash(Array(name.text.utf8) + [0x0a, type.rawValue] + publicKey.encoded.bytes)
        return hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The key in a text of the form `NAME+HEXID+BASE64`, or `nil` if it is not one or the id does not fit.
    public init?(verifierKey text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = NoteKeyName(parts[0]), let id = UInt32(parts[1], radix: 16),
            parts[1].utf8.count == 8, let bytes = Base64.decode(parts[2]), let kind = bytes.first,
            let type = NoteSignatureType(rawValue: kind), let publicKey = Bytes32(bytes.dropFirst())
        else { return nil }
        self.init(name: name, type: type, publicKey: Ed25519.PublicKey(publicKey))
        guard self.id == id, verifierKey == text else { return nil }
    }

    /// The key as people exchange it: `NAME+HEXID+BASE64` (C2SP signed-note, verifier keys).
    public var verifierKey: String {
        let hex = String(id, radix: 16)
        return name.text + "+" + String(repeating: "0", count: 8 - hex.count) + hex + "+"
            + Base64.encode([type.rawValue] + publicKey.encoded.bytes)
    }
}
