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
        let record = try reader.record(ClearingBackupRecord.self, named: ClearingBackupRecord.memberName)
        let handle = try DirectoryHandle(path)
        var names: Set<String> = []
        while let member = try reader.next() {
            guard names.insert(member.name).inserted else { throw BackupError.corrupt(path: reader.path) }
            if ClearingBackup.keyFiles.contains(member.name) {
                var bytes = try reader.secret(limit: largestKeyFile).withUnsafeBytes { Array($0) }
                defer { SecretBytes.wipe(&bytes) }
                try handle.create(member.name, bytes)
            } else if member.name == StoreSide.clearing.databaseName {
                try reader.copy(toNew: path + "/" + member.name, progress: progress)
            } else {
                throw BackupError.corrupt(path: reader.path)
            }
        }
        guard names.isSuperset(of: [ClearingIdentity.fileName, StoreSide.clearing.databaseName]) else {
            throw BackupError.corrupt(path: reader.path)
        }
        return record
    }
}
