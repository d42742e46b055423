package import Issuance
package import KeyFiles
package import KeySchedule
package import LibSodium
package import PrivacyPass

/// The authority's secrets in its key directory.
///
/// Every call blocks on the disk; throws ``KeyFileError``.
package final class AuthorityKeyring: Sendable {
    private let directory: KeyDirectory

    /// The keyring in an unlocked directory.
    package init(_ directory: KeyDirectory) { self.directory = directory }

    /// Stores a new token key.
    package func store(_ secret: IssuerSecret) throws {
        try directory.store(secret.encoded(), as: KeyFileName(.token, id: secret.id.bytes))
    }

    /// The secret of a record, which is checked to belong to it.
    package func secret(of record: KeyRecord) throws -> IssuerSecret {
        let secret = try secret(withID: record.id)
        guard secret.tokenKey.tokenType == record.tokenType else {
            throw KeyFileError.foreign(path: directory.path + "/" + KeyFileName(.token, id: record.id.bytes).fileName)
        }
        return secret
    }

    /// The secret of the key with this id, which is checked to belong to it.
    package func secret(withID id: TokenKeyID) throws -> IssuerSecret {
        let name = KeyFileName(.token, id: id.bytes)
        let bytes = try directory.load(name)
        guard let secret = try? IssuerSecret(decoding: bytes), secret.id == id else {
            throw KeyFileError.foreign(path: directory.path + "/" + name.fileName)
        }
        return secret
    }

    /// Whether a secret is the one that a file of this name has to hold.
    package static func isSecret(_ secret: borrowing SecretBytes, of name: KeyFileName) -> Bool {
        switch name.purpose {
        case .token: (try? IssuerSecret(decoding: secret))?.id.bytes == name.id
        case .revocationHead, .keyDelivery, .keyLog, .revocationLog: signingKeyName(name.purpose, seed: secret) == name
        }
    }

    private static func signingKeyName(_ purpose: KeyPurpose, seed: borrowing SecretBytes) -> KeyFileName? {
        guard let key = Ed25519.PrivateKey(seed: seed) else { return nil }
        return fileName(purpose, key.publicKey)
    }

    /// The names of the files of signing keys.
    package static func signingFiles(_ keys: SigningKeys.PublicKeys) -> [KeyFileName] {
        keys.named.compactMap { purpose, key in key.map { fileName(purpose, $0) } }
    }

    /// Destroys the secret of a key, for good; `false` if it is not here.
    @discardableResult
    package func destroySecret(of id: TokenKeyID) throws -> Bool {
        do {
            try directory.destroy(KeyFileName(.token, id: id.bytes))
            return true
        } catch KeyFileError.notFound {
            // Destroyed before.
            return false
        }
    }

    /// The token keys whose secrets are in the directory at `path`.
    package static func tokenKeys(at path: String) -> Set<TokenKeyID> {
        Set(KeyDirectory.names(for: .token, at: path).map { TokenKeyID($0.id) })
    }

    /// Whether the files of all signing keys that are known are in the directory at `path`.
    package static func hasSigningKeys(_ keys: SigningKeys.PublicKeys, at path: String) -> Bool {
        keys.named.allSatisfy { purpose, key in
            key.map { KeyDirectory.holds(fileName(purpose, $0), at: path) } ?? true
        }
    }

    /// The signing keys with these public keys; those that are not known yet are made and stored.
    package func signingKeys(_ known: SigningKeys.PublicKeys) throws -> SigningKeys {
        func key(_ purpose: KeyPurpose, _ known: Ed25519.PublicKey?) throws -> Ed25519.PrivateKey {
            try signingKey(purpose, known ?? makeSigningKey(purpose))
        }
        return try SigningKeys(
            revocationHead: key(.revocationHead, known.revocationHead),
            keyDelivery: key(.keyDelivery, known.keyDelivery), keyLog: key(.keyLog, known.keyLog),
            revocationLog: key(.revocationLog, known.revocationLog))
    }

    private func makeSigningKey(_ purpose: KeyPurpose) throws -> Ed25519.PublicKey {
        var key = Ed25519.PrivateKey()
        // Admins type these keys: one whose text began with a hyphen would look like a flag.
        while Base64URL.encode(key.publicKey.encoded.bytes).hasPrefix("-") { key = Ed25519.PrivateKey() }
        try directory.store(key.seed(), as: Self.fileName(purpose, key.publicKey))
        return key.publicKey
    }

    private func signingKey(_ purpose: KeyPurpose, _ publicKey: Ed25519.PublicKey) throws -> Ed25519.PrivateKey {
        let name = Self.fileName(purpose, publicKey)
        guard let key = Ed25519.PrivateKey(seed: try directory.load(name)), key.publicKey == publicKey else {
            throw KeyFileError.foreign(path: directory.path + "/" + name.fileName)
        }
        return key
    }

    /// The file of a signing key is named by the digest of its public key.
    private static func fileName(_ purpose: KeyPurpose, _ publicKey: Ed25519.PublicKey) -> KeyFileName {
        KeyFileName(purpose, id: SHA256.hash(publicKey.encoded))
    }
}

extension SigningKeys.PublicKeys {
    /// Each key with what its file is called after.
    fileprivate var named: [(KeyPurpose, Ed25519.PublicKey?)] {
        [
            (.revocationHead, revocationHead), (.keyDelivery, keyDelivery), (.keyLog, keyLog),
            (.revocationLog, revocationLog),
        ]
    }
}
