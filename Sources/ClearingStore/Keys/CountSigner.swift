internal import JOSE
package import KeyDelivery
internal import KeyFiles
package import LibSodium
package import SQLiteSupport

/// Signs redeemed counts with a key that this server made for nothing else.
///
/// Kept in `counts.key` in the data directory. Whoever reads that file can state wrong counts in this server's name.
package final class CountSigner: Sendable {
    private let key: Ed25519.PrivateKey
    static let fileName = "counts.key"
    private static let file = SecretFile(name: fileName, magic: "PORTESC1")

    /// The public key, which the authority's admin puts on record with the server's identity.
    package var publicKey: Ed25519.PublicKey { key.publicKey }

    /// The signer in the directory at `path`, with a new key where there is none. Blocks; throws ``KeyFileError``.
    package init(atPath path: String) throws {
        let seed = try Self.file.readOrMake(in: DirectoryHandle(path)) { Ed25519.PrivateKey().seed() }
        // Reading checked the length.
        guard let key = Ed25519.PrivateKey(seed: seed) else { throw KeyFileError.corrupt(path: path) }
        self.key = key
    }

    /// The signer in a directory that this process has locked.
    package convenience init(in directory: DataDirectory) throws { try self.init(atPath: directory.path) }

    /// The public key, for ``ClearingKeySet``.
    var webKey: JSONWebKey { JSONWebKey(publicKey: key.publicKey, purpose: .redeemedCount) }

    /// The statement as a JSON Web Signature; the same statement always gives the same text.
    package func sign(_ count: RedeemedCount) -> String { count.signed(with: key) }
}
