import Foundation
import LibSodium

/// How members of backups are read that more than one kind of backup has.
extension BackupReader {
    /// The most bytes that the document at a backup's beginning has.
    private static var largestRecord: Int { 65_536 }

    /// The JSON document that is the backup's first member, of this name; throws `.corrupt` where it is not there.
    package func record<Record: Decodable>(_ type: Record.Type, named name: String) throws(BackupError) -> Record {
        guard let first = try next(), first.name == name else { throw .corrupt(path: path) }
        let json = try secret(limit: Self.largestRecord)
        guard let record = json.withUnsafeBytes({ try? JSONDecoder().decode(type, from: Data($0)) }) else {
            throw .corrupt(path: path)
        }
        return record
    }

    /// Writes all of the present member into a new file of mode 0600, which is not synced.
    package func copy(toNew target: String, progress: (Double) -> Void) throws(BackupError) {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(KeyFileError(errno: errno, path: target)) }
        defer { close(descriptor) }
        try copy(to: descriptor, target: target, progress: progress)
    }
}
