internal import Crypto
internal import CryptoExtras
internal import Foundation

/// The private key of a token issuer of type 0x0002, of 2048 bits and the exponent 65537; it signs blinded messages.
///
/// The numbers are the library's to keep and to wipe. Signing takes some hundred microseconds: it belongs on no event
/// loop.
public struct BlindRSAPrivateKey: Sendable {
    /// The public key.
    public let publicKey: BlindRSAPublicKey
    private let key: _RSA.BlindSigning.PrivateKey<SHA384>

    /// A new key; takes some hundred milliseconds. Throws ``BlindRSAError/invalidPrivateKey`` if the library makes none.
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
