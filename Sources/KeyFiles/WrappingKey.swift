import LibSodium

/// The key that all secrets of one directory are sealed under. It stays the same when the passphrase changes.
final class WrappingKey: Sendable {
    /// 32 bytes.
    let secret: SecretBytes
    /// Names the directory in its files, 16 bytes.
    let directory: [UInt8]

    init(secret: consuming SecretBytes, directory: [UInt8]) {
        self.secret = secret
        self.directory = directory
    }

    /// A new random key for a new directory.
    static func random() -> WrappingKey {
        WrappingKey(secret: SecretBytes(randomCount: AuthenticatedEncryption.keyCount), directory: Randomness.bytes(16))
    }
}
