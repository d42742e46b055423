internal import Crypto
internal import CryptoExtras
internal import Foundation
public import LibSodium

/// The private key of a token issuer of type 0x0002, of 2048 bits and the exponent 65537; it signs blinded messages.
///
/// The numbers are the library's to keep and to wipe. Signing takes some hundred microseconds: it belongs on no event
/// loop.
public struct BlindRSAPrivateKey: Sendable {
    /// The public key.
    public let publicKey: BlindRSAPublicKey
    private let key: _RSA.BlindSigning.PrivateKey<SHA384>

    /// A new key; takes some hundred milliseconds. Throws ``BlindRSAError/invalidPrivateKey`` if the library makes
    /// none.
    public init() throws(BlindRSAError) {
        do {
            try self.init(.init(keySize: .bits2048, parameters: .RSABSSA_SHA384_PSS_Deterministic))
        } catch {
            throw .invalidPrivateKey
        }
    }

    /// The key in a PEM text (PKCS #8 or PKCS #1); throws ``BlindRSAError/invalidPrivateKey``.
    public init(pem: String) throws(BlindRSAError) {
        do {
            try self.init(.init(pemRepresentation: pem, parameters: .RSABSSA_SHA384_PSS_Deterministic))
        } catch {
            throw .invalidPrivateKey
        }
    }

    /// The key in the bytes that ``encoded()`` gives; throws ``BlindRSAError/invalidPrivateKey`` for any others.
    ///
    /// A key has one encoding: PKCS #8, other lengths of the same numbers and bytes after the end are refused. More
    /// than 2,048 bytes are not looked at. The library checks that the numbers belong together, not that the primes are
    /// ones.
    public init(decoding der: borrowing SecretBytes) throws(BlindRSAError) {
        guard der.count <= Self.encodedLimit else { throw .invalidPrivateKey }
        do {
            try self.init(
                der.withUnsafeBytes {
                    try .init(derRepresentation: $0, parameters: .RSABSSA_SHA384_PSS_Deterministic)
                })
        } catch {
            throw .invalidPrivateKey
        }
        guard ConstantTime.areEqual(encoded(), der) else { throw .invalidPrivateKey }
    }

    /// The key as DER, in guarded memory: RSAPrivateKey of PKCS #1 (RFC 8017, appendix A.1.2), some 1,190 bytes.
    ///
    /// A copy that the library makes on the way is its own to wipe.
    public func encoded() -> SecretBytes {
        var der = key.derRepresentation
        defer { der.resetBytes(in: der.startIndex..<der.endIndex) }
        return SecretBytes(count: der.count) { $0.copyBytes(from: der) }
    }

    /// The number of bytes of which no encoded key has more.
    private static let encodedLimit = 2048

    private init(_ key: _RSA.BlindSigning.PrivateKey<SHA384>) throws {
        let numbers = try key.publicKey.getKeyPrimitives()
        guard Array(numbers.publicExponent) == [1, 0, 1] else { throw BlindRSAError.invalidPrivateKey }
        publicKey = try BlindRSAPublicKey(modulus: Array(numbers.modulus))
        self.key = key
    }

    /// The blind signature of a blinded message, 256 bytes each (RFC 9474, section 4.3); the library checks it against
    /// the public key before it is given away. Throws ``BlindRSAError/invalidBlindedMessage`` for another number of
    /// bytes, or one that is not below the modulus.
    public func sign(blinded message: [UInt8]) throws(BlindRSAError) -> [UInt8] {
        guard message.count == BlindRSAPublicKey.modulusCount, let signature = try? key.blindSignature(for: message)
        else { throw .invalidBlindedMessage }
        return signature.withUnsafeBytes { Array($0) }
    }
}
