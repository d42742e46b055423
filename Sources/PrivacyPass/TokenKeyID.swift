public import LibSodium
public import VOPRF

/// A token key id: the SHA-256 digest of a public key as it stands on the wire, 32 bytes (RFC 9578, section 5.1).
public struct TokenKeyID: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The id with these bytes.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The id of a type 0x0005 public key.
    public init(of publicKey: ServerPublicKey) { bytes = SHA256.hash(publicKey.encoded) }

    /// The id of a public key as it stands on the wire, or `nil` if it is not one of an implemented type.
    public init?(publicKey: [UInt8], tokenType: TokenType) {
        guard let scheme = tokenType.scheme, scheme.isPublicKey(publicKey) else { return nil }
        bytes = SHA256.hash(publicKey)
    }

    /// The id in a text of 64 hexadecimal digits, or `nil`.
    public init?(hexadecimal: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(hexadecimal).flatMap({ Bytes32($0) }) else { return nil }
        self.bytes = bytes
    }

    /// The id as 64 lower-case hexadecimal digits: the form in which people see it.
    public var hexadecimal: String { Hexadecimal.encode(bytes.bytes) }

    /// The last byte, which names the key in a token request. Keys are never looked up by it at redemption.
    public var truncated: UInt8 { bytes[31] }
}

/// A token's nonce: 32 bytes that the client draws at random (RFC 9577, section 2.2).
public struct Nonce: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The nonce with these bytes.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// A fresh random nonce.
    public static func random() -> Nonce { Nonce(Randomness.bytes32()) }
}

/// The SHA-256 digest of a TokenChallenge exactly as it was sent, 32 bytes (RFC 9577, section 2.2).
public struct ChallengeDigest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The digest with these bytes.
    public init(_ bytes: Bytes32) { self.bytes = bytes }
}

extension TokenKeyID: CustomStringConvertible {
    /// The id as 64 hexadecimal digits.
    public var description: String { hexadecimal }
}
