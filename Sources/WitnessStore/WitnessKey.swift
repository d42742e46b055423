internal import KeyFiles
internal import LibSodium

/// The file with a witness's signing key: `witness.key` in the data directory.
///
/// Whoever reads that file can cosign any history in the witness's name.
enum WitnessKey {
    static let fileName = "witness.key"
    private static let file = SecretFile(name: fileName, magic: "PORTESW1")

    /// The key in a data directory; throws ``KeyFileError``, `.notFound` among them. Blocks.
    static func read(in handle: DirectoryHandle) throws(KeyFileError) -> Ed25519.PrivateKey {
        let seed = try file.read(in: handle)
        // Reading checked the length.
        guard let key = Ed25519.PrivateKey(seed: seed) else { throw .corrupt(path: fileName) }
        return key
    }

    /// A new key, stored durably; throws ``KeyFileError``, `.exists` rather than replace one. Blocks.
    static func make(in handle: DirectoryHandle) throws(KeyFileError) -> Ed25519.PrivateKey {
        let key = Ed25519.PrivateKey()
        try file.create(key.seed(), in: handle)
        return key
    }
}
