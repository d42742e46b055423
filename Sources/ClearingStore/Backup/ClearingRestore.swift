internal import Foundation
internal import GRDB
internal import KeyDelivery
package import KeyFiles
package import KeySchedule
internal import LibSodium
internal import PrivacyPass
package import SQLiteSupport

/// Puts a clearing server back from a backup: into a copy beside its directory, which then takes the directory's place
/// in one step.
///
/// What was spent since the backup is not known. So no key that the backup knows is ever accepted here again, nor one
/// that began before the restore, by the authority's signed time. Every call blocks.
package final class ClearingRestore: Sendable {
    /// What the backup says.
    package let contents: ClearingBackupContents
    private let replacement: DirectoryReplacement
    private let store: SQLiteStore

    /// Unpacks an unlocked backup beside `directory`, which this process has locked and leaves as it is; `isNew` says
    /// that it was made for this. What an earlier attempt left is removed.
    ///
    /// Throws ``BackupError``, ``ClearingStoreError/otherServer(directory:)`` if the directory has another identity, or
    /// ``StoreError``.
    package init(
        _ reader: BackupReader, into directory: DataDirectory, isNew: Bool, progress: (Double) -> Void
    ) throws {
        replacement = DirectoryReplacement(of: directory, isNew: isNew)
        let path = replacement.copyPath
        do {
            let copy = try DataDirectory(path: path, side: .clearing)
            let record = try BackupUnpacking.unpack(reader, into: path, progress: progress)
            guard let verifier = VerifierID(text: record.verifier) else { throw BackupError.corrupt(path: reader.path) }
            // Opens and checks the key; a secret of another server would be trusted for nothing.
            guard try ClearingIdentity(in: copy).id == verifier else { throw BackupError.corrupt(path: reader.path) }
            if let present = try? ClearingIdentity.reading(atPath: directory.path), present.id != verifier {
                throw ClearingStoreError.otherServer(directory: directory.path)
            }
            store = try SQLiteStore(in: copy, migrator: ClearingSchema.migrator)
            contents = try store.readBlocking { try ClearingBackupContents($0, made: record.made, verifier: verifier) }
        } catch {
            replacement.removeCopy()
            throw error
        }
    }

    /// Writes tombstones for all keys that the backup knows and for those in `begun`, whose tokens may have been spent
    /// before the restore although they begin after the floor, and the floor; syncs the copy, and puts it in the place
    /// of the directory. Gives the path at which the old directory is now, or `nil` if there was none.
    ///
    /// Until the last step the directory is as it was; that step is there or not, whatever happens to the process.
    package func finish(floor: UnixTime, refusing begun: [KeyRecord] = []) throws -> String? {
        try store.writeBlocking { db in
            for number in try Int64.fetchAll(db, sql: "SELECT number FROM ledger WHERE final_count IS NULL") {
                let table = ClearingSchema.spent(number)
                try db.execute(
                    sql: """
                        UPDATE ledger SET final_count = (SELECT count(*) FROM \(table)), is_lower_bound = 1
                        WHERE number = ?
                        """, arguments: [number])
                try db.execute(sql: "DROP TABLE \(table)")
            }
            for record in begun {
                try db.execute(
                    sql: """
                        INSERT INTO ledger (key_id, accept_until, final_count, is_lower_bound) VALUES (?, ?, 0, 1)
                        ON CONFLICT (key_id) DO NOTHING
                        """, arguments: [Data(record.id.bytes.bytes), record.acceptUntil.seconds])
            }
            // Which sessions were closed since is not known either: with another key, none counts that was opened
            // before.
            try SessionKeyFile.forget(db)
            // It only rises: a directory may be restored again and again.
            try db.execute(
                sql: """
                    INSERT INTO restore_floor (only, time) VALUES (1, ?)
                    ON CONFLICT (only) DO UPDATE SET time = max(time, excluded.time)
                    """, arguments: [floor.seconds])
        }
        try store.close()
        return try replacement.putInPlace()
    }

    /// Takes the copy away; everything is as it was.
    package func discard() {
        try? store.close()
        replacement.discard()
    }
}
