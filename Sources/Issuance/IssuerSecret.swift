package import LibSodium
package import PrivacyPass

/// The secret half of one of the issuer's keys.
package final class IssuerSecret: Sendable {
    /// The public half.
    package let tokenKey: TokenKey
    let privateKey: any TokenPrivateKey

    /// Why bytes are not a secret.
    package enum SecretError: Error, Sendable, Hashable {
        /// The token type is not implemented.
        case unsupportedTokenType
        /// The bytes are not a private key of the type: for type 0x0005 a scalar from 1 to the group order less one.
        case notAPrivateKey
    }

    /// A new random key; one of type 0x0002 takes some 100 ms.
    package convenience init(_ tokenType: TokenType) throws(SecretError) {
        guard let scheme = tokenType.scheme else { throw .unsupportedTokenType }
        guard let key = try? scheme.makePrivateKey() else { throw .notAPrivateKey }
        try self.init(key, tokenType)
    }

    /// The key with these secret bytes, as a verifier gets them: for type 0x0001 a scalar of 48 bytes, big-endian; for
    /// 0x0005 one of 32 bytes, little-endian; for 0x0002 the DER of PKCS #1.
    package convenience init(_ tokenType: TokenType, decoding bytes: borrowing SecretBytes) throws(SecretError) {
        guard let scheme = tokenType.scheme else { throw .unsupportedTokenType }
        let key: any TokenPrivateKey
        do {
            key = try scheme.privateKey(decoding: bytes)
        } catch {
            throw .notAPrivateKey
        }
        try self.init(key, tokenType)
    }

    private init(_ key: any TokenPrivateKey, _ tokenType: TokenType) throws(SecretError) {
        do {
            tokenKey = try TokenKey(tokenType: tokenType, decoding: key.publicKey)
        } catch {
            throw .notAPrivateKey
        }
        privateKey = key
    }

    /// The id of the key.
    package var id: TokenKeyID { tokenKey.id }

    /// The public key as it stands on the wire.
    package var publicKey: [UInt8] { tokenKey.encoded }
}

/// Key files hold secrets of all types: `token_type (2) ‖ secret`, or the 32 bytes of a type 0x0005 scalar alone, as
/// all of them were before there were others.
extension IssuerSecret {
    private static let scalarCount = 32

    /// The secret as it stands in its key file, in guarded memory of its own.
    package func encoded() -> SecretBytes {
        let secret = privateKey.encoded()
        if tokenKey.tokenType == .voprfRistretto255 { return secret }
        let type = tokenKey.tokenType.rawValue
        return SecretBytes(count: 2 + secret.count) { buffer in
            buffer[0] = UInt8(type >> 8)
            buffer[1] = UInt8(type & 0xff)
            secret.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[2...]).copyMemory(from: $0) }
        }
    }

    /// The key in the bytes of a key file.
    package convenience init(decoding bytes: borrowing SecretBytes) throws(SecretError) {
        if bytes.count == Self.scalarCount {
            try self.init(.voprfRistretto255, decoding: bytes)
            return
        }
        guard bytes.count > 2 else { throw .notAPrivateKey }
        let type = bytes.withUnsafeBytes { TokenType(rawValue: UInt16($0[0]) << 8 | UInt16($0[1])) }
        // One form for each secret.
        guard type != .voprfRistretto255 else { throw .notAPrivateKey }
        let count = bytes.count - 2
        let secret = bytes.withUnsafeBytes { bytes in
            SecretBytes(count: count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[2...])) }
        }
        try self.init(type, decoding: secret)
    }
}

extension IssuerSecret {
    /// What a verifier needs beside the public record, sealed to its identity key: the secret with 48 bytes around it,
    /// or nothing at all for a type that is verified with the public key. `nil` if that identity key is no point to
    /// seal to.
    package func sealed(to identityKey: SealedBox.PublicKey) -> [UInt8]? {
        tokenKey.tokenType.isPubliclyVerifiable ? [] : identityKey.seal(privateKey.encoded())
    }
}
