internal import Crypto
internal import Foundation

/// What an evaluation consists of, checked as far as the library does not: an element and the proof's two scalars.
struct EvaluationParts {
    /// The number of bytes of an evaluation.
    static let encodedCount = P384Element.encodedCount + 2 * scalarCount
    /// The number of bytes of a scalar.
    static let scalarCount = 48

    /// The evaluated element, 49 bytes.
    let element: [UInt8]
    /// The proof's scalars `c` and `s` (RFC 9497, section 2.2.1), 48 bytes each, big-endian.
    let challenge: [UInt8]
    let response: [UInt8]

    /// Throws ``P384VOPRFError/invalidEvaluation`` for other than 145 bytes, an element that is none, and scalars that
    /// are zero or not below the group order. The library would reduce those: an evaluation would have several
    /// encodings.
    init(_ bytes: [UInt8]) throws(P384VOPRFError) {
        guard bytes.count == Self.encodedCount else { throw .invalidEvaluation }
        element = Array(bytes.prefix(P384Element.encodedCount))
        challenge = Array(bytes.dropFirst(P384Element.encodedCount).prefix(Self.scalarCount))
        response = Array(bytes.suffix(Self.scalarCount))
        guard P384Element.isValid(element), Self.isScalar(challenge), Self.isScalar(response)
        else { throw .invalidEvaluation }
    }

    /// Whether 48 bytes are a number from 1 to the group order less one. They are public: not constant-time.
    private static func isScalar(_ bytes: [UInt8]) -> Bool {
        bytes.lexicographicallyPrecedes(order) && bytes.contains { $0 != 0 }
    }

    /// Whether the library can check the proof: neither `s·G + c·B` nor `s·C + c·D` is the identity, with the generator
    /// `G`, the public key `B`, the blinded element `C` and the evaluated one `D`.
    ///
    /// The library hashes encodings of both (the second times a number that is not zero) and stops the process where
    /// one is the identity, which has none. Whoever knows the private key can choose `c` and `s` so, and whoever sees
    /// `C` can choose `D` so; in an honest proof it does not happen by chance. A sum is the identity only if both terms
    /// have one first coordinate, and this is what key agreement computes.
    func canBeChecked(publicKey: [UInt8], blinded: [UInt8]) -> Bool {
        guard let c = try? P384.KeyAgreement.PrivateKey(rawRepresentation: challenge),
            let s = try? P384.KeyAgreement.PrivateKey(rawRepresentation: response),
            let cB = Self.firstCoordinate(c, times: publicKey), let sC = Self.firstCoordinate(s, times: blinded),
            let cD = Self.firstCoordinate(c, times: element)
        else { return false }
        let sG = Array(s.publicKey.rawRepresentation.prefix(Self.scalarCount))
        return sG != cB && sC != cD
    }

    private static func firstCoordinate(_ scalar: P384.KeyAgreement.PrivateKey, times point: [UInt8]) -> [UInt8]? {
        guard let point = try? P384.KeyAgreement.PublicKey(compressedRepresentation: point),
            let product = try? scalar.sharedSecretFromKeyAgreement(with: point)
        else { return nil }
        return product.withUnsafeBytes { Array($0) }
    }

    /// The group order, big-endian (SEC 2, section 2.5.1).
    private static let order =
        [UInt8](repeating: 0xff, count: 24) + [
            0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
            0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
        ]
}
