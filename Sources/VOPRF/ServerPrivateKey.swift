public import LibSodium

/// A server's private key with its public key; the scalar lies in guarded memory.
///
/// Whoever holds it can evaluate, and so both issue and verify. A key serves one mode only: the mode is part of
/// every hash (RFC 9497, section 3.1).
public struct ServerPrivateKey: ~Copyable, Sendable {
    let scalar: SecretScalar
    /// The public key that belongs to it.
    public let publicKey: ServerPublicKey

    /// Why a private key could not be had.
    public enum KeyError: Error, Sendable, Hashable {
        /// The bytes are not a scalar from 1 to the group order less one.
        case notAScalar
        /// `info` has more than 65,535 bytes.
        case infoTooLong
        /// No counter from 0 to 255 gave a key: does not happen by chance.
        case derivationFailed
    }

    private init(scalar: consuming SecretScalar) throws(KeyError) {
        do {
            publicKey = ServerPublicKey(try Ristretto255.Element.generator(times: scalar))
        } catch {
            throw .notAScalar
        }
        self.scalar = scalar
    }

    /// A new random key.
    public init() throws(KeyError) { try self.init(scalar: SecretScalar()) }

    /// The key with this scalar, 32 secret bytes little-endian.
    public init(decoding bytes: borrowing SecretBytes) throws(KeyError) {
        let scalar: SecretScalar
        do {
            scalar = try SecretScalar(decoding: bytes)
        } catch {
            throw .notAScalar
        }
        try self.init(scalar: scalar)
    }

    /// DeriveKeyPair (RFC 9497, section 3.2.1) from a secret seed and public information.
    ///
    /// RFC 9497 sets the seed's length to 32 bytes; `info` has at most 65,535.
    public init(derivingFrom seed: borrowing SecretBytes, info: [UInt8]) throws(KeyError) {
        guard let infoCount = UInt16(exactly: info.count) else { throw .infoTooLong }
        for counter in UInt8.min...UInt8.max {
            var expander = MessageExpander(domainSeparationTag: Suite.deriveKeyPairTag)
            expander.update(seed)
            expander.update(bigEndian: infoCount)
            expander.update(info)
            expander.update(counter)
            if let scalar = try? SecretScalar(reducing: expander.finalize()) {
                try self.init(scalar: scalar)
                return
            }
        }
        throw .derivationFailed
    }

    /// The scalar, 32 bytes little-endian, in guarded memory of its own.
    public borrowing func encoded() -> SecretBytes { scalar.encoded() }
}
