internal import LibSodium

/// What a token's authenticator is made over: the token without it, 98 bytes (RFC 9577, section 2.2).
///
/// `token_type (2) ‖ nonce (32) ‖ challenge_digest (32) ‖ token_key_id (32)`
public struct AuthenticatorInput: Sendable, Hashable {
    /// The token type.
    public let tokenType: TokenType
    /// The nonce, 32 bytes.
    public let nonce: Nonce
    /// The digest of the challenge, 32 bytes.
    public let challengeDigest: ChallengeDigest
    /// The full key id, 32 bytes.
    public let keyID: TokenKeyID

    /// The encoded number of bytes: 98.
    public static let encodedCount = 98

    /// An input from its parts.
    public init(tokenType: TokenType, nonce: Nonce, challengeDigest: ChallengeDigest, keyID: TokenKeyID) {
        self.tokenType = tokenType
        self.nonce = nonce
        self.challengeDigest = challengeDigest
        self.keyID = keyID
    }

    init(from reader: inout ByteReader) throws(MessageError) {
        tokenType = try reader.tokenType()
        nonce = Nonce(try reader.bytes32())
        challengeDigest = ChallengeDigest(try reader.bytes32())
        keyID = TokenKeyID(try reader.bytes32())
    }

    /// The encoding, 98 bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: AuthenticatorInput.encodedCount)
        writer.append(tokenType.rawValue)
        writer.append(nonce.bytes)
        writer.append(challengeDigest.bytes)
        writer.append(keyID.bytes)
        return writer.bytes
    }
}
