import Foundation
package import KeyFiles
package import KeySchedule
import LibSodium
import SQLiteSupport

/// What a backup of an authority says about itself.
struct AuthorityBackupRecord: Codable {
    static let memberName = "backup.json"

    /// When the backup was made, by this machine's clock.
    let made: UnixTime
}

/// Backups of an authority's database. Its secrets are in the key directory, which has backups of its own.
package enum AuthorityBackup {
    /// Where a snapshot of the database lies until it is sealed.
    package static func snapshotPath(in directory: String) -> String { directory + "/snapshot.sqlite" }

    /// What a backup of the directory at `path` holds, the snapshot in it last; blocks.
    package static func members(in path: String, at now: UnixTime) throws -> [BackupMember] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let record = try encoder.encode(AuthorityBackupRecord(made: now))
        return try [
            BackupMember(AuthorityBackupRecord.memberName, bytes: Array(record)),
            BackupMember(StoreSide.authority.databaseName, file: snapshotPath(in: path)),
        ]
    }

    /// Writes the members of an unlocked backup into a new directory, and says when it was made; blocks. Throws
    /// ``BackupError`` where it is not what is written by this program.
    static func unpack(_ reader: BackupReader, into path: String, progress: (Double) -> Void) throws -> UnixTime {
        let record = try reader.record(AuthorityBackupRecord.self, named: AuthorityBackupRecord.memberName)
        guard let second = try reader.next(), second.name == StoreSide.authority.databaseName else {
            throw BackupError.corrupt(path: reader.path)
        }
        try reader.copy(toNew: path + "/" + second.name, progress: progress)
        guard try reader.next() == nil else { throw BackupError.corrupt(path: reader.path) }
        return record.made
    }
}

extension AuthorityDatabase {
    /// Copies the database to a new file beside it, in the place of one that was left there, while it is in use.
    package func takeSnapshot() async throws {
        let directory = String(store.path.dropLast(StoreSide.authority.databaseName.count + 1))
        let path = AuthorityBackup.snapshotPath(in: directory)
        unlink(path)
        try await store.copy(to: path)
    }
}
