internal import LibSodium
internal import VOPRF

/// The answer to a ``TokenRequest`` (RFC 9578, sections 5.2 and 6.2); it names no type, so whoever reads it knows which
/// it asked for.
///
/// `evaluated element ‖ proof` for the VOPRF types, 145 bytes for 0x0001 and 96 for 0x0005; a blind signature of 256
/// bytes for 0x0002. Proof and signature are checked when a token is finalized.
public struct TokenResponse: Sendable, Hashable {
    /// The type of the token that is answered.
    public let tokenType: TokenType
    /// The bytes of the answer.
    public let encoded: [UInt8]

    /// Decodes exactly the bytes of an answer of a type; elements and scalars of type 0x0005 are decoded strictly.
    public init(decoding bytes: [UInt8], tokenType: TokenType) throws(MessageError) {
        var reader = ByteReader(bytes)
        self = try TokenResponse(from: &reader, tokenType: tokenType)
        try reader.finish()
    }

    init(from reader: inout ByteReader, tokenType: TokenType) throws(MessageError) {
        guard let scheme = tokenType.scheme else { throw .unsupportedTokenType }
        encoded = Array(try reader.take(scheme.responseCount))
        guard scheme.isResponse(encoded) else { throw .invalidEncoding }
        self.tokenType = tokenType
    }
}

extension ByteReader {
    /// The next proof, 64 bytes, decoded strictly.
    mutating func proof() throws(MessageError) -> Proof {
        let encoded = try take(Proof.encodedCount)
        do {
            return try Proof(decoding: encoded)
        } catch {
            throw .invalidEncoding
        }
    }
}
