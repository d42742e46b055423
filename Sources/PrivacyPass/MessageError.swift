/// Why bytes are not a message.
public enum MessageError: Error, Sendable, Hashable {
    /// The bytes end before the message does.
    case truncated
    /// Bytes follow the end of the message.
    case trailingBytes
    /// The token type is not one that this library implements.
    case unsupportedTokenType
    /// A length is not one that the message allows.
    case invalidLength
    /// A variable-size integer is not in its shortest form (RFC 9000, section 16; batch draft).
    case nonMinimalInteger
    /// A batch has more items than the reader accepts.
    case tooManyItems
    /// A batch has no items.
    case emptyBatch
    /// An element or scalar is not canonical, or is the identity (RFC 9497, section 3.3).
    case invalidEncoding
    /// A name is empty or has characters it must not have (RFC 9577, section 2.1).
    case invalidName
}
