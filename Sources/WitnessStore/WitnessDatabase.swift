internal import Foundation
internal import GRDB
internal import KeyFiles
package import KeyTransparency
internal import LibSodium
internal import SQLiteSupport

/// Everything that a witness keeps: its name, its key, and what it cosigned last of each log.
package final class WitnessDatabase: Sendable {
    let store: SQLiteStore
    let signer: NoteSigner

    /// What the logs and their users need to check the witness's cosignatures.
    package var verificationKey: NoteVerificationKey { signer.verificationKey(.cosignature) }

    /// Opens the witness's data directory at a path; makes it with a new key where there is none. Blocks.
    ///
    /// `name` is needed the first time and kept. Throws ``StoreError``, ``KeyFileError`` or ``WitnessStoreError``: a
    /// database that was copied, or that is gone from beside its key, is refused, because what was cosigned since would
    /// be forgotten.
    package convenience init(atPath path: String, name: NoteKeyName?) throws {
        let isNew = access(path + "/" + StoreSide.witness.databaseName, F_OK) != 0
        // Before anything is made.
        if isNew, access(path + "/" + WitnessKey.fileName, F_OK) == 0 { throw WitnessStoreError.stateLost }
        if isNew, name == nil { throw WitnessStoreError.nameless }
        try self.init(in: DataDirectory(path: path, side: .witness), name: name)
    }

    private init(in directory: DataDirectory, name: NoteKeyName?) throws {
        let handle = try DirectoryHandle(directory.path)
        let place = try FilePlace.text(of: directory.databasePath)
        let store = try SQLiteStore(in: directory, migrator: WitnessSchema.migrator)
        do {
            let kept = try store.writeBlocking { try WitnessPins.keep($0, name: name, place: place) }
            signer = NoteSigner(name: kept.name, key: try Self.key(in: handle, pinned: kept.verifierKey))
            let verifierKey = signer.verificationKey(.cosignature).verifierKey
            try store.writeBlocking { try WitnessPins.keep($0, verifierKey: verifierKey) }
            self.store = store
        } catch {
            try? store.close()
            throw error
        }
    }

    /// The key, which is made as long as no other was ever used with the database.
    private static func key(in handle: DirectoryHandle, pinned: String?) throws -> Ed25519.PrivateKey {
        do {
            return try WitnessKey.read(in: handle)
        } catch KeyFileError.notFound {
            guard pinned == nil else { throw WitnessStoreError.keyLost }
            return try WitnessKey.make(in: handle)
        }
    }

    /// Closes the database. Blocks until running work is done.
    package func close() throws { try store.close() }
}
