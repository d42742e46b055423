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
/// What was charged since the backup is forgotten. So no key that issues or will by what is known may issue any more:
/// they are revoked, and who drew tokens under them, as far as the backup knows, gets them back. Every call blocks.
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

    /// Revokes the keys that issue or will, in the copy, and closes it. Answers what was given back.
    package func endKeys(at now: UnixTime) throws -> KeyChangeOutcome.Recredit {
        var sum = KeyChangeOutcome.Recredit()
        for key in try database.openKeys(at: now) {
            let outcome = try database.changeKeys([.revoked(key.record.id, .authorityRestored)])
            sum.vouchers = max(sum.vouchers, outcome.recredit.vouchers)
            sum.tokens += outcome.recredit.tokens
        }
        try database.beginHeadLogAnew()
        try database.close()
        return sum
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
