package import LibSodium
package import PrivacyPass
internal import VOPRF

/// The secret half of one of the issuer's keys, in guarded memory.
package final class IssuerSecret: Sendable {
    /// The id of the key.
    package let id: TokenKeyID
    /// The public key as it stands on the wire, 32 bytes.
    package let publicKey: [UInt8]
    let privateKey: ServerPrivateKey

    /// The bytes are not a scalar from 1 to the group order less one.
    package struct NotAScalar: Error, Sendable, Hashable {}

    /// A new random key.
    package convenience init() throws(NotAScalar) {
        // A random scalar that is not zero always is a key.
        guard let key = try? ServerPrivateKey() else { throw NotAScalar() }
        self.init(key)
    }

    /// The key with this scalar, 32 secret bytes little-endian.
    package convenience init(decoding bytes: borrowing SecretBytes) throws(NotAScalar) {
        let key: ServerPrivateKey
        do {
            key = try ServerPrivateKey(decoding: bytes)
        } catch {
            throw NotAScalar()
        }
        self.init(key)
    }

    private init(_ key: consuming ServerPrivateKey) {
        id = TokenKeyID(of: key.publicKey)
        publicKey = key.publicKey.encoded.bytes
        privateKey = key
    }

    /// The scalar, 32 bytes little-endian, in guarded memory of its own.
    package func encoded() -> SecretBytes { privateKey.encoded() }
}

extension IssuerSecret {
    /// The scalar sealed to a verifier's identity key, 80 bytes; `nil` if that key is no point to seal to.
    package func sealed(to identityKey: SealedBox.PublicKey) -> [UInt8]? { identityKey.seal(encoded()) }
}
