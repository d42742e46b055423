public import LibSodium

/// A request for one token of type 0x0005 (RFC 9578, section 5.1, with the type of the batched tokens draft).
///
/// `token_type (2) ‖ truncated_token_key_id (1) ‖ blinded element (32)`, 35 bytes.
public struct TokenRequest: Sendable, Hashable {
    /// The token type.
    public let tokenType: TokenType
    /// The last byte of the key id.
    public let truncatedKeyID: UInt8
    /// The blinded element.
    public let blindedElement: Ristretto255.Element

    /// The encoded number of bytes: 35.
    public static let encodedCount = 35

    /// A request under a key.
    public init(truncatedKeyID: UInt8, blindedElement: Ristretto255.Element) {
        tokenType = .voprfRistretto255
        self.truncatedKeyID = truncatedKeyID
        self.blindedElement = blindedElement
    }

    /// Decodes exactly 35 bytes; the element is decoded strictly.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        tokenType = try reader.tokenType()
        truncatedKeyID = try reader.uint8()
        blindedElement = try reader.element()
        try reader.finish()
    }

    /// The encoding, 35 bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: TokenRequest.encodedCount)
        writer.append(tokenType.rawValue)
        writer.append(truncatedKeyID)
        writer.append(blindedElement.encoded)
        return writer.bytes
    }
}
