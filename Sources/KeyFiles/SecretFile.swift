package import LibSodium

/// A file of mode 0600 with one secret of 32 bytes, which a server reads at its start without anybody's passphrase.
///
/// ```
/// magic[8] ‖ secret[32] ‖ digest[32]
/// ```
///
/// `digest` is BLAKE2b over all before it and tells damage.
package struct SecretFile: Sendable {
    /// The file's name in its directory.
    package let name: String
    /// What the file begins with, 8 characters.
    package let magic: String

    /// Describes a file; `magic` has 8 ASCII characters.
    package init(name: String, magic: String) {
        self.name = name
        self.magic = magic
    }

    private var magicBytes: [UInt8] { Array(magic.utf8) }

    /// The secret in the file; throws ``KeyFileError``, `.notFound` among them.
    package func read(in directory: DirectoryHandle) throws(KeyFileError) -> SecretBytes {
        let place = directory.path(of: name)
        var bytes = try directory.read(name)
        defer { SecretBytes.wipe(&bytes) }
        guard bytes.starts(with: magicBytes) else { throw .foreign(path: place) }
        let end = magicBytes.count + Bytes32.count
        guard bytes.count == end + Bytes32.count else { throw .truncated(path: place) }
        var body = Array(bytes[..<end])
        defer { SecretBytes.wipe(&body) }
        guard KeyedBLAKE2b.hash(body).bytes == Array(bytes[end...]) else { throw .corrupt(path: place) }
        return SecretBytes(count: Bytes32.count) { buffer in
            buffer.copyBytes(from: body[magicBytes.count...])
        }
    }

    /// The secret in the file, or what `make` gives where there is none, which is then there.
    package func readOrMake(
        in directory: DirectoryHandle, make: () -> SecretBytes
    ) throws(KeyFileError) -> SecretBytes {
        do {
            return try read(in: directory)
        } catch {
            guard case .notFound = error else { throw error }
        }
        do {
            try create(make(), in: directory)
        } catch {
            // Another process may have been faster.
            guard case .exists = error else { throw error }
        }
        return try read(in: directory)
    }

    /// Makes the file durably; throws `.exists` rather than replace one.
    package func create(_ secret: borrowing SecretBytes, in directory: DirectoryHandle) throws(KeyFileError) {
        var bytes = magicBytes + secret.withUnsafeBytes { Array($0) }
        defer { SecretBytes.wipe(&bytes) }
        bytes += KeyedBLAKE2b.hash(bytes).bytes
        try directory.create(name, bytes)
    }
}
