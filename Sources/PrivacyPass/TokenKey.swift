/// A public key of an Issuer with the type of tokens that it issues: the `token-key` of directories and challenges
/// (RFC 9577, section 2.1; RFC 9578, section 4).
public struct TokenKey: Sendable, Hashable {
    /// The type of tokens.
    public let tokenType: TokenType
    /// The key as it stands on the wire: 49 bytes for type 0x0001, 342 for 0x0002, 32 for 0x0005.
    public let encoded: [UInt8]
    /// The key's id: SHA-256 of ``encoded``.
    public let id: TokenKeyID

    /// Decodes a key strictly; throws ``MessageError/unsupportedTokenType``, ``MessageError/invalidLength`` or
    /// ``MessageError/invalidEncoding``.
    public init(tokenType: TokenType, decoding bytes: [UInt8]) throws(MessageError) {
        guard let scheme = tokenType.scheme else { throw .unsupportedTokenType }
        guard bytes.count == scheme.publicKeyCount else { throw .invalidLength }
        guard let id = TokenKeyID(publicKey: bytes, tokenType: tokenType) else { throw .invalidEncoding }
        self.tokenType = tokenType
        self.encoded = bytes
        self.id = id
    }
}
