internal import JOSE
internal import KeyFiles
internal import LibSodium
package import Receipts
package import SQLiteSupport

/// Signs receipts with a key that this server made for nothing else.
///
/// Kept in `receipts.key` in the data directory. Whoever reads that file can sign receipts for spends that never were.
package final class ReceiptSigner: Sendable {
    private let key: Ed25519.PrivateKey
    private let header: JSONWebSignature.Header
    static let fileName = "receipts.key"
    private static let file = SecretFile(name: fileName, magic: "PORTESR1")

    /// The signer in a directory that this process has locked, with a new key where there is none and none can have
    /// been. Blocks.
    ///
    /// Throws ``ClearingStoreError/missingFile(name:)`` where there is none although `mustExist`.
    package init(in directory: DataDirectory, mustExist: Bool = false) throws {
        key = try Self.key(in: directory, mustExist: mustExist)
        header = JSONWebSignature.Header(purpose: .receipt, key: key.publicKey)
    }

    private static func key(in directory: DataDirectory, mustExist: Bool) throws -> Ed25519.PrivateKey {
        let handle = try DirectoryHandle(directory.path)
        do {
            let seed = try file.read(in: handle)
            // Reading checked the length.
            guard let key = Ed25519.PrivateKey(seed: seed) else { throw KeyFileError.corrupt(path: directory.path) }
            return key
        } catch KeyFileError.notFound {
            guard !mustExist else { throw ClearingStoreError.missingFile(name: fileName) }
            let key = Ed25519.PrivateKey()
            try file.create(key.seed(), in: handle)
            return key
        }
    }

    /// The public key, for ``ClearingKeySet``.
    var webKey: JSONWebKey { JSONWebKey(publicKey: key.publicKey, purpose: .receipt) }

    /// The receipt as a JSON Web Signature; the same receipt always gives the same text.
    package func sign(_ receipt: SpendReceipt) -> String { receipt.signed(with: key, header: header) }
}
