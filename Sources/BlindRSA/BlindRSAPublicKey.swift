internal import Crypto
internal import CryptoExtras
internal import Foundation

/// The public key of a token issuer of type 0x0002: RSA with 2048 bits, RSASSA-PSS with SHA-384, MGF1 with SHA-384 and
/// salts of 48 bytes (RFC 9578, section 6; RFC 9474, variant RSABSSA-SHA384-PSS-Deterministic).
///
/// Its bytes are the SubjectPublicKeyInfo with the algorithm id-RSASSA-PSS, 342 bytes of DER. Other encodings of the
/// same key, as with rsaEncryption or other parameters, are refused: a key has one id.
public struct BlindRSAPublicKey: Sendable, Hashable {
    /// The number of bytes of an encoded key.
    public static let encodedCount = 342
    /// The number of bytes of a modulus, a blinded message and a signature.
    public static let modulusCount = 256

    /// The encoded key.
    public let encoded: [UInt8]
    /// The library's object for it: building one costs about as much as a verification.
    private let key: _RSA.BlindSigning.PublicKey<SHA384>

    /// Decodes a key; throws ``BlindRSAError/invalidPublicKey`` unless its bytes are exactly those of the one form, its
    /// modulus has 2048 bits and is odd, and its exponent is 65537.
    public init(decoding bytes: [UInt8]) throws(BlindRSAError) {
        guard bytes.count == Self.encodedCount, bytes.starts(with: Self.prefix), bytes.suffix(5) == Self.exponent[...]
        else { throw .invalidPublicKey }
        try self.init(modulus: Array(bytes[Self.prefix.count..<(Self.prefix.count + Self.modulusCount)]))
    }

    /// A key with this modulus, 256 bytes, big-endian.
    init(modulus: [UInt8]) throws(BlindRSAError) {
        guard modulus.count == Self.modulusCount, let first = modulus.first, first & 0x80 != 0, let last = modulus.last,
            last & 1 == 1
        else { throw .invalidPublicKey }
        guard
            let key = try? _RSA.BlindSigning.PublicKey(
                n: modulus, e: Self.publicExponent, parameters: .RSABSSA_SHA384_PSS_Deterministic)
        else { throw .invalidPublicKey }
        encoded = Self.prefix + modulus + Self.exponent
        self.key = key
    }

    /// Whether bytes are what ``BlindRSAPrivateKey/sign(blinded:)`` takes: 256, and as a big-endian number below the
    /// modulus. Nothing in them is secret: not constant-time.
    public func isBlindedMessage(_ bytes: [UInt8]) -> Bool {
        bytes.count == Self.modulusCount && bytes.lexicographicallyPrecedes(modulus)
    }

    /// Blinds a message for this key, as it is (identity preparation); throws ``BlindRSAError/blindingFailed``.
    ///
    /// Blind and salt are drawn anew each time and stay in the library: what is lost with the process cannot be
    /// finalized later.
    public func blind(_ message: [UInt8]) throws(BlindRSAError) -> BlindedMessage {
        guard let result = try? key.blind(key.prepare(message)) else { throw .blindingFailed }
        return BlindedMessage(publicKey: self, key: key, message: message, result: result)
    }

    /// The modulus, 256 bytes, big-endian.
    var modulus: ArraySlice<UInt8> { encoded[Self.prefix.count..<(Self.prefix.count + Self.modulusCount)] }

    /// Whether both are one key: their bytes are equal.
    public static func == (left: Self, right: Self) -> Bool { left.encoded == right.encoded }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

    /// What stands before the modulus: SubjectPublicKeyInfo, id-RSASSA-PSS with its parameters (RFC 4055; SHA-384
    /// without NULL, no trailer field), and the beginnings of RSAPublicKey (RFC 8017) and of a positive integer of 2048
    /// bits.
    private static let prefix: [UInt8] = [
        0x30, 0x82, 0x01, 0x52, 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x30,
        0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa1, 0x1a, 0x30, 0x18,
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x02, 0xa2, 0x03, 0x02, 0x01, 0x30, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a,
        0x02, 0x82, 0x01, 0x01, 0x00,
    ]
    /// The exponent 65537, big-endian.
    static let publicExponent: [UInt8] = [1, 0, 1]
    /// What stands after the modulus: the exponent.
    private static let exponent: [UInt8] = [0x02, 0x03, 0x01, 0x00, 0x01]
}
