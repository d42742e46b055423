public import LibSodium

/// A proof that a batch of elements was multiplied by the scalar of a public key (RFC 9497, section 2.2).
///
/// 64 bytes on the wire: challenge scalar, then response scalar, 32 bytes little-endian each.
public struct Proof: Sendable, Hashable {
    /// The challenge scalar `c`.
    public let challenge: Ristretto255.Scalar
    /// The response scalar `s`.
    public let response: Ristretto255.Scalar

    /// The encoded number of bytes: 64.
    public static let encodedCount = 64

    init(challenge: Ristretto255.Scalar, response: Ristretto255.Scalar) {
        self.challenge = challenge
        self.response = response
    }

    /// Decodes 64 bytes; scalars at or above the group order are refused, never reduced.
    public init(decoding bytes: some Collection<UInt8>) throws(Ristretto255.DecodingError) {
        guard let bytes = Bytes64(bytes) else { throw .wrongLength }
        challenge = try Ristretto255.Scalar(decoding: bytes.low)
        response = try Ristretto255.Scalar(decoding: bytes.high)
    }

    /// The encoding, 64 bytes.
    public var encoded: Bytes64 { Bytes64(low: challenge.encoded, high: response.encoded) }
}
