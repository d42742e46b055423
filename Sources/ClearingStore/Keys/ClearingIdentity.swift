import Foundation
internal import KeyFiles
package import LibSodium
package import PrivacyPass
package import SQLiteSupport

/// A clearing server's identity: the key pair that the authority seals verification keys to.
///
/// Kept in `identity.key` in the data directory. Whoever reads that file can open every key that is sealed to it.
package final class ClearingIdentity: Sendable {
    private let key: SealedBox.PrivateKey
    static let fileName = "identity.key"
    private static let file = SecretFile(name: fileName, magic: "PORTESI1")

    /// The public key, which the admin of the authority has to trust.
    package var publicKey: SealedBox.PublicKey { key.publicKey }
    /// The id under which the authority serves the keys of this server.
    package var id: VerifierID { VerifierID(of: publicKey) }

    private init(_ key: consuming SealedBox.PrivateKey) { self.key = key }

    /// The identity in a directory that this process has locked, made where there is none. Blocks.
    package convenience init(in directory: DataDirectory) throws {
        let handle = try DirectoryHandle(directory.path)
        do {
            try self.init(reading: handle, path: directory.path)
        } catch KeyFileError.notFound {
            var key = SealedBox.PrivateKey()
            // Admins type this key: one whose text began with a hyphen would look like a flag.
            while Base64URL.encode(key.publicKey.encoded.bytes).hasPrefix("-") { key = SealedBox.PrivateKey() }
            try Self.file.create(key.encoded(), in: handle)
            self.init(key)
        }
    }

    /// The identity in the data directory at `path`, made where there is none; also while a server runs there. Blocks.
    ///
    /// Throws ``StoreError`` if the directory cannot be used, or ``KeyFileError``.
    package static func open(atPath path: String) throws -> ClearingIdentity {
        // A running server holds the lock, but then the file is there.
        if access(path + "/" + file.name, F_OK) == 0 {
            return try ClearingIdentity(reading: DirectoryHandle(path), path: path)
        }
        return try ClearingIdentity(in: DataDirectory(path: path, side: .clearing))
    }

    /// The identity in the directory at `path`, which need not be locked; none is made. Blocks.
    static func reading(atPath path: String) throws -> ClearingIdentity {
        try ClearingIdentity(reading: DirectoryHandle(path, mustExist: true), path: path)
    }

    private init(reading handle: DirectoryHandle, path: String) throws {
        let secret = try Self.file.read(in: handle)
        // Reading checked the length.
        guard let key = SealedBox.PrivateKey(decoding: secret) else { throw KeyFileError.corrupt(path: path) }
        self.key = key
    }

    /// Opens what was sealed to this server.
    func open(_ sealed: [UInt8]) throws(SealedBox.OpeningFailure) -> SecretBytes { try key.open(sealed) }
}
