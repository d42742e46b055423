internal import Crypto
internal import CryptoExtras
internal import Foundation

/// The public key of a token issuer of type 0x0001: VOPRF of RFC 9497 (mode 0x01) with the suite P384-SHA384 (RFC 9578,
/// section 5).
public struct P384PublicKey: Sendable, Hashable {
    /// The number of bytes of an encoded key.
    public static let encodedCount = 49

    /// The compressed point, 49 bytes.
    public let encoded: [UInt8]
    private let library: LibraryPublicKey

    /// Decodes a key strictly; throws ``P384VOPRFError/invalidPublicKey`` unless there are exactly 49 bytes, the first
    /// 2 or 3, then the first coordinate of a point of the curve, big-endian and below the field's prime. The identity
    /// has no such encoding.
    public init(decoding bytes: [UInt8]) throws(P384VOPRFError) {
        guard P384Element.isValid(bytes), let key = try? P384._VOPRF.PublicKey(compressedRepresentation: bytes)
        else { throw .invalidPublicKey }
        encoded = bytes
        library = LibraryPublicKey(key)
    }

    /// Blinds an input of at most 65,535 bytes (RFC 9497, section 3.3.2) with a blind that the library draws and keeps.
    /// Throws ``P384VOPRFError/blindingFailed`` for a longer one.
    public func blind(_ input: [UInt8]) throws(P384VOPRFError) -> P384BlindedInput {
        // The library stops the process over a length that two bytes do not hold.
        guard input.count <= UInt16.max, let blinded = try? library.key.blind(input) else { throw .blindingFailed }
        return P384BlindedInput(publicKey: self, key: library, blinded: blinded)
    }

    /// Whether both are one key: their bytes are equal.
    public static func == (left: Self, right: Self) -> Bool { left.encoded == right.encoded }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

/// The library's public key.
///
/// Sendable: it is a `let`, and no call changes what the library holds in it, a BoringSSL key and a point. The point is
/// copied before it is computed with, since this reference to it stays; scratch memory is one for each thread.
final class LibraryPublicKey: @unchecked Sendable {
    let key: P384._VOPRF.PublicKey

    init(_ key: P384._VOPRF.PublicKey) { self.key = key }
}
