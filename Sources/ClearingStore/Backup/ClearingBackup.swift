internal import Foundation
internal import KeyDelivery
package import KeyFiles
package import KeySchedule
internal import PrivacyPass
package import SQLiteSupport

/// What a backup of a clearing server says about itself.
struct ClearingBackupRecord: Codable {
    static let memberName = "backup.json"

    /// When the backup was made, by this machine's clock.
    let made: UnixTime
    /// The server's id, as in URLs.
    let verifier: String
}

/// Backups of a clearing server: the database and the server's own keys, which belong together.
package enum ClearingBackup {
    /// What the admin socket is asked for a snapshot with.
    package static let snapshotURI = "/snapshot"

    /// Where a snapshot of the database lies until it is sealed.
    package static func snapshotPath(in directory: String) -> String { directory + "/snapshot.sqlite" }

    /// Removes the snapshot that a backup which was killed left in a directory that this process has locked.
    package static func removeLeftovers(in directory: DataDirectory) { unlink(snapshotPath(in: directory.path)) }

    /// The files of keys that a backup holds, as far as they are there.
    static let keyFiles = [ClearingIdentity.fileName, ReceiptSigner.fileName, CountSigner.fileName]

    /// Takes a snapshot in a directory on which no server runs.
    ///
    /// Throws ``ClearingStoreError/nothingToBackUp(directory:)``, or ``StoreError``.
    package static func takeSnapshot(
        in directory: DataDirectory, progress: @Sendable (Double) -> Void
    ) async throws {
        guard access(directory.databasePath, F_OK) == 0 else {
            throw ClearingStoreError.nothingToBackUp(directory: directory.path)
        }
        let store = try SQLiteStore(in: directory, migrator: ClearingSchema.migrator)
        let path = snapshotPath(in: directory.path)
        unlink(path)
        try await store.copy(to: path, progress: progress)
        try store.close()
    }

    /// What a backup of the directory at `path` holds, the snapshot in it last; blocks. The directory may be in use.
    package static func members(in path: String, at now: UnixTime) throws -> [BackupMember] {
        let identity = try ClearingIdentity.open(atPath: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let record = try encoder.encode(ClearingBackupRecord(made: now, verifier: identity.id.text))
        let keys = try keyFiles.filter { access(path + "/" + $0, F_OK) == 0 }
            .map { try BackupMember($0, file: path + "/" + $0) }
        return try [BackupMember(ClearingBackupRecord.memberName, bytes: Array(record))] + keys
            + [BackupMember(StoreSide.clearing.databaseName, file: snapshotPath(in: path))]
    }
}

extension ClearingDatabase {
    /// Copies the database to a new file at `path`, in the place of one that was left there, while it is in use.
    package func takeSnapshot(at path: String) async throws {
        unlink(path)
        try await store.copy(to: path)
    }
}
