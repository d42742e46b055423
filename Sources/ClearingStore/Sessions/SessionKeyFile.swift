internal import Foundation
internal import GRDB
internal import KeyFiles
internal import LibSodium
package import PortesVerifier
internal import PrivacyPass
package import SQLiteSupport

/// The key of a clearing server's sessions, which this server made for nothing else.
///
/// Kept in `sessions.key` in the data directory. Whoever reads that file can open sessions without tokens. It is in no
/// backup: a restored server makes another, since it does not know which sessions were closed.
package enum SessionKeyFile {
    static let fileName = "sessions.key"
    private static let file = SecretFile(name: fileName, magic: "PORTESS1")
    private static let pin = "session-key"

    /// The key in the directory at `path`, that of the database, with a new one where there never was one. Blocks.
    ///
    /// Throws ``ClearingStoreError/missingFile(name:)`` where there was one, or is another: a token that opened a
    /// session under the old one could open a second under the new one.
    package static func key(atPath path: String, of database: ClearingDatabase) throws -> SessionKey {
        let handle = try DirectoryHandle(path)
        return try database.store.writeBlocking { db in
            let known = try ClearingPins.value(db, pin)
            let key = try key(in: handle, path, mayBeMade: known == nil)
            let text = Base64URL.encode(key.publicKey.encoded.bytes, padded: false)
            guard known == nil || known == text else { throw ClearingStoreError.missingFile(name: fileName) }
            try ClearingPins.pin(db, pin, text, replacingIf: false)
            return key
        }
    }

    private static func key(
        in handle: DirectoryHandle, _ path: String, mayBeMade: Bool
    ) throws -> SessionKey {
        let seed: SecretBytes
        do {
            seed = mayBeMade
                ? try file.readOrMake(in: handle) { SecretBytes(randomCount: SessionKey.seedCount) }
                : try file.read(in: handle)
        } catch KeyFileError.notFound {
            throw ClearingStoreError.missingFile(name: fileName)
        }
        // Reading checked the length.
        guard let key = SessionKey(seed: seed) else { throw KeyFileError.corrupt(path: path) }
        return key
    }

    /// Throws away the key in a directory that this process has locked and on which no server runs, with what was
    /// closed under it; the next start makes another. Blocks.
    package static func discard(in directory: DataDirectory) throws {
        let store = try SQLiteStore(in: directory, migrator: ClearingSchema.migrator)
        // First what says that there was one: else a start in between would find it missing.
        try store.writeBlocking { try forget($0) }
        do {
            try DirectoryHandle(directory.path).destroy(fileName)
        } catch KeyFileError.notFound {
            // It is for a key that is lost, too.
        }
        try store.close()
    }

    /// Forgets the key of a database that is a copy from a backup, with what was closed under it.
    static func forget(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM pin WHERE name = ?", arguments: [pin])
        try db.execute(sql: "DELETE FROM closed_session")
    }
}
