internal import Crypto
internal import CryptoExtras
internal import Foundation

/// An element of the group P-384 in its one encoding: a compressed point, 49 bytes (RFC 9497, section 4.4; SEC 1,
/// section 2.3.3).
public enum P384Element {
    /// The number of bytes of an encoded element.
    public static let encodedCount = 49

    /// Whether bytes are what ``P384PrivateKey/evaluate(blinded:)`` takes: exactly 49 bytes, the first 2 or 3, then the
    /// first coordinate of a point, big-endian and below the field's prime. The identity has no such encoding. Elements
    /// are public: not constant-time.
    public static func isValid(_ bytes: [UInt8]) -> Bool { library(bytes) != nil }

    /// The library's object for an element, nil for bytes that are none.
    static func library(_ bytes: [UInt8]) -> P384._VOPRF.BlindedElement? {
        // The library would take points of 97 bytes, too.
        guard bytes.count == encodedCount, let first = bytes.first, first == 2 || first == 3,
            let element = try? P384._VOPRF.BlindedElement(oprfRepresentation: bytes),
            Array(element.oprfRepresentation) == bytes
        else { return nil }
        return element
    }
}
