import AuthorityServer
import Foundation
import KeyFiles
import KeySchedule
import LibSodium

/// What a backup of a key directory says about itself: public, and sealed with the rest.
struct KeyBackupRecord: Codable {
    /// The name of this member in a backup.
    static let memberName = "backup.json"
    /// The most bytes that are read of it: hundreds of keys.
    static let maximumCount = 4 * 1024 * 1024

    /// When the backup was made, by this machine's clock.
    let made: UnixTime
    /// What the authority said should be there, and the keys' states at that time.
    let inventory: KeyInventory

    /// The JSON.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try Array(encoder.encode(self))
    }
}

/// What is in a backup of a key directory, opened: the secrets in guarded memory.
struct OpenedKeyBackup: Sendable {
    let record: KeyBackupRecord
    let secrets: [(name: KeyFileName, secret: HeldSecret)]

    /// More secrets than an authority can have in use.
    private static let maximumCount = 4_096

    /// Reads all of an unlocked backup before anything is done with it; throws ``BackupError``.
    init(_ reader: BackupReader) throws {
        guard let first = try reader.next(), first.name == KeyBackupRecord.memberName else {
            throw BackupError.corrupt(path: reader.path)
        }
        let json = try reader.secret(limit: KeyBackupRecord.maximumCount)
        let record = json.withUnsafeBytes { try? JSONDecoder().decode(KeyBackupRecord.self, from: Data($0)) }
        guard let record else { throw BackupError.corrupt(path: reader.path) }
        var secrets: [(name: KeyFileName, secret: HeldSecret)] = []
        while let member = try reader.next() {
            guard let name = KeyFileName(fileName: member.name), secrets.count < Self.maximumCount else {
                throw BackupError.corrupt(path: reader.path)
            }
            secrets.append((name, HeldSecret(try reader.secret(limit: 65_000))))
        }
        (self.record, self.secrets) = (record, secrets)
    }
}
