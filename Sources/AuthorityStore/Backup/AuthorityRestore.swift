import Foundation
package import KeyFiles
package import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
package import SQLiteSupport

/// Puts an authority back from a backup: into a copy beside its directory, which then takes the directory's place in one
/// step.
///
/// What was charged since the backup is forgotten. So no key that issues or will by what is known may issue any more: they
/// are revoked, and who drew tokens under them, as far as the backup knows, gets them back. Every call blocks.
package final class AuthorityRestore: Sendable {
    /// When the backup was made, by the clock of its machine.
    package let made: UnixTime
    /// The restored database, in the copy.
    package let database: AuthorityDatabase
    /// Where the copy is until it takes its place.
    package let copyPath: String
    private let directory: DataDirectory
    private let isNew: Bool

    /// Unpacks an unlocked backup beside `directory`, which this process has locked and leaves as it is; `isNew` says that
    /// it was made for this. What an earlier attempt left is removed. Throws ``BackupError`` or ``StoreError``.
    package init(
        _ reader: BackupReader, into directory: DataDirectory, isNew: Bool, progress: (Double) -> Void
    ) throws {
        self.directory = directory
        self.isNew = isNew
        copyPath = Self.place(directory) + ".restoring"
        try? FileManager.default.removeItem(atPath: copyPath)
        do {
            let copy = try DataDirectory(path: copyPath, side: .authority)
            made = try AuthorityBackup.unpack(reader, into: copyPath, progress: progress)
            database = try AuthorityDatabase(in: copy)
        } catch {
            try? FileManager.default.removeItem(atPath: copyPath)
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
    package func finish() throws -> String? {
        for name in try FileManager.default.contentsOfDirectory(atPath: copyPath) where !name.hasSuffix(".sock") {
            try DirectoryExchange.sync(copyPath + "/" + name)
        }
        try DirectoryExchange.sync(copyPath)
        let place = Self.place(directory)
        // The old directory is to be here afterwards; so nothing has to be moved after the exchange.
        let replaced = place + ".replaced-" + Hexadecimal.encode(Randomness.bytes(4))
        guard rename(copyPath, replaced) == 0 else { throw StoreError.notExchangeable(directory: place) }
        do {
            try DirectoryExchange.exchange(replaced, place)
        } catch {
            try? FileManager.default.removeItem(atPath: replaced)
            throw error
        }
        let slash = place.lastIndex(of: "/")
        try DirectoryExchange.sync(slash.map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? ".")
        guard isNew else { return replaced }
        try? FileManager.default.removeItem(atPath: replaced)
        return nil
    }

    /// Takes the copy away; everything is as it was.
    package func discard() {
        try? database.close()
        try? FileManager.default.removeItem(atPath: copyPath)
        guard isNew else { return }
        unlink(directory.path + "/portes.lock")
        rmdir(directory.path)
    }

    /// The directory's path without slashes at its end.
    private static func place(_ directory: DataDirectory) -> String {
        var path = directory.path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
