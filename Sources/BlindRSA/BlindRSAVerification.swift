internal import Crypto
internal import CryptoExtras
internal import Foundation

/// Verifies signatures of one ``BlindRSAPublicKey``, many of them: a signature that was made blindly is one of
/// RSASSA-PSS like any other (RFC 9474, section 4.5).
public struct BlindRSAVerification: Sendable {
    private let key: _RSA.Signing.PublicKey

    /// For a key; costs about as much as one verification. Throws ``BlindRSAError/invalidPublicKey`` if the library
    /// does not take it.
    public init(_ publicKey: BlindRSAPublicKey) throws(BlindRSAError) {
        guard let key = try? _RSA.Signing.PublicKey(n: publicKey.modulus, e: BlindRSAPublicKey.publicExponent) else {
            throw .invalidPublicKey
        }
        self.key = key
    }

    /// Whether bytes are a signature, of 256 bytes, of the key over a message. Nothing in it is secret.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        // PSS takes the hash's length for that of the salt: 48. A signature of another length is none.
        key.isValidSignature(.init(rawRepresentation: signature), for: SHA384.hash(data: message), padding: .PSS)
    }
}
