/// A request for one token (RFC 9578, sections 5.1 and 6.1).
///
/// `token_type (2) ‖ truncated_token_key_id (1) ‖ blinded message`; the blinded message has 49 bytes for type 0x0001,
/// 256 for 0x0002 and 32 for 0x0005.
public struct TokenRequest: Sendable, Hashable {
    /// The token type.
    public let tokenType: TokenType
    /// The last byte of the key id.
    public let truncatedKeyID: UInt8
    /// The blinded element or message.
    public let blindedMessage: [UInt8]

    /// A request under a key. Throws ``MessageError/unsupportedTokenType``, or ``MessageError/invalidLength`` or
    /// ``MessageError/invalidEncoding`` for bytes that are no blinded message of the type.
    public init(tokenType: TokenType, truncatedKeyID: UInt8, blindedMessage: [UInt8]) throws(MessageError) {
        guard let scheme = tokenType.scheme else { throw .unsupportedTokenType }
        guard blindedMessage.count == scheme.blindedMessageCount else { throw .invalidLength }
        guard scheme.isBlindedMessage(blindedMessage) else { throw .invalidEncoding }
        self.tokenType = tokenType
        self.truncatedKeyID = truncatedKeyID
        self.blindedMessage = blindedMessage
    }

    /// Decodes exactly the bytes of a request of an implemented type: 52, 259 or 35. Elements are decoded strictly.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        self = try TokenRequest(from: &reader)
        try reader.finish()
    }

    init(from reader: inout ByteReader) throws(MessageError) {
        let scheme = try reader.tokenScheme()
        truncatedKeyID = try reader.uint8()
        blindedMessage = Array(try reader.take(scheme.blindedMessageCount))
        guard scheme.isBlindedMessage(blindedMessage) else { throw .invalidEncoding }
        tokenType = scheme.tokenType
    }

    /// The encoding.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 3 + blindedMessage.count)
        writer.append(tokenType.rawValue)
        writer.append(truncatedKeyID)
        writer.append(blindedMessage)
        return writer.bytes
    }

    /// The largest number of bytes that a request of an implemented type has.
    public static let largestEncodedCount = 3 + (TokenSchemes.all.map(\.blindedMessageCount).max() ?? 0)
}
