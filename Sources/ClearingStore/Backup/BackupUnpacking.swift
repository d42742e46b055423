internal import Foundation
internal import KeyFiles
internal import LibSodium
internal import SQLiteSupport

/// Writes the members of a clearing server's backup into a new directory.
enum BackupUnpacking {
    /// The most bytes that a file with a key has.
    private static let largestKeyFile = 65_536

    /// Unpacks all of an unlocked backup; throws ``BackupError`` where it is not what is written by this program.
    static func unpack(
        _ reader: BackupReader, into path: String, progress: (Double) -> Void
    ) throws -> ClearingBackupRecord {
        guard let first = try reader.next(), first.name == ClearingBackupRecord.memberName else {
            throw BackupError.corrupt(path: reader.path)
        }
        let json = try reader.secret(limit: ClearingBackupRecord.maximumCount)
        let record = json.withUnsafeBytes { try? JSONDecoder().decode(ClearingBackupRecord.self, from: Data($0)) }
        guard let record else { throw BackupError.corrupt(path: reader.path) }
        let handle = try DirectoryHandle(path)
        var names: Set<String> = []
        while let member = try reader.next() {
            guard names.insert(member.name).inserted else { throw BackupError.corrupt(path: reader.path) }
            if ClearingBackup.keyFiles.contains(member.name) {
                var bytes = try reader.secret(limit: largestKeyFile).withUnsafeBytes { Array($0) }
                defer { SecretBytes.wipe(&bytes) }
                try handle.create(member.name, bytes)
            } else if member.name == StoreSide.clearing.databaseName {
                try copyDatabase(reader, to: path + "/" + member.name, progress)
            } else {
                throw BackupError.corrupt(path: reader.path)
            }
        }
        guard names.isSuperset(of: [ClearingIdentity.fileName, StoreSide.clearing.databaseName]) else {
            throw BackupError.corrupt(path: reader.path)
        }
        return record
    }

    private static func copyDatabase(_ reader: BackupReader, to path: String, _ progress: (Double) -> Void) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StoreError.inputOutput(path: path, code: errno) }
        defer { close(file) }
        try reader.copy(to: file, target: path, progress: progress)
    }
}
