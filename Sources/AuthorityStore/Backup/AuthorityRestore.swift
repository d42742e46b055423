import Foundation
package import KeyFiles
package import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
package import SQLiteSupport

/// Puts an authority back from a backup: into a copy beside its directory, which then takes the directory's place in
/// one step.
///
/// What was charged since the backup is forgotten. So no key that issued then or later is good any more: they are
/// revoked, and who drew tokens under them, as far as the backup knows, gets them back. Every call blocks.
package final class AuthorityRestore: Sendable {
    /// When the backup was made, by the clock of its machine.
    package let made: UnixTime
    /// The restored database, in the copy.
    package let database: AuthorityDatabase
    /// Where the copy is until it takes its place.
    package var copyPath: String { replacement.copyPath }
    private let replacement: DirectoryReplacement

    /// Unpacks an unlocked backup beside `directory`, which this process has locked and leaves as it is; `isNew` says
    /// that it was made for this. What an earlier attempt left is removed. Throws ``BackupError`` or ``StoreError``.
    package init(
        _ reader: BackupReader, into directory: DataDirectory, isNew: Bool, progress: (Double) -> Void
    ) throws {
        replacement = DirectoryReplacement(of: directory, isNew: isNew)
        let copyPath = replacement.copyPath
        do {
            let copy = try DataDirectory(path: copyPath, side: .authority)
            made = try AuthorityBackup.unpack(reader, into: copyPath, progress: progress)
            database = try AuthorityDatabase(in: copy)
        } catch {
            replacement.removeCopy()
            throw error
        }
    }

    /// The keys whose charges since the backup are forgotten: those that issued then or later. With two minutes more,
    /// as clocks differ.
    package func forgottenKeys(at now: UnixTime) throws -> [StoredKey] {
        try database.keysCharged(since: made.adding(seconds: -120), at: now)
    }

    /// Revokes the keys whose charges are forgotten, in the copy, and closes it. Answers how many tokens were given
    /// back.
    package func endKeys(at now: UnixTime) throws -> Int64 {
        var tokens: Int64 = 0
        for key in try forgottenKeys(at: now) {
            tokens += try database.changeKeys([.revoked(key.record.id, .authorityRestored)]).recredit.tokens
        }
        try database.raiseDeliveries(at: now)
        try database.beginHeadLogAnew()
        try database.forgetUsedStatements(at: now)
        try database.close()
        return tokens
    }

    /// Syncs the copy and puts it in the place of the directory. Gives the path at which the old directory is now, or
    /// `nil` if there was none. Until the last step the directory is as it was.
    package func finish() throws -> String? { try replacement.putInPlace() }

    /// Takes the copy away; everything is as it was.
    package func discard() {
        try? database.close()
        replacement.discard()
    }
}
