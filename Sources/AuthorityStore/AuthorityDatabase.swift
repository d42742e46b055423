import Foundation
import GRDB
package import KeySchedule
import KeyTransparency
import LibSodium
package import PrivacyPass
package import SQLiteSupport
import Synchronization

/// The token authority's database, `authority.sqlite`.
///
/// Calls without `async` block and are for a start and for admin commands; they throw ``StoreError`` besides what
/// each of them says.
package final class AuthorityDatabase: Sendable {
    let store: SQLiteStore
    let time: any TimeSource
    /// What the key log says: held while it is changed, until that is on the disk.
    let history = Mutex(KeyHistory())
    private let summary = Mutex(KeyLogSummary(KeyHistory()))
    let limits = Mutex<[Capability: IssuanceLimits]>([:])

    /// Opens or makes the database in a directory of the authority; blocks.
    ///
    /// Throws ``StoreError``, `.corrupt` also where the revocation list's hash chain or the key log does not hold.
    package init(in directory: DataDirectory, time: any TimeSource = SystemTimeSource()) throws {
        store = try SQLiteStore(in: directory, migrator: AuthoritySchema.migrator)
        self.time = time
        try checkRevocationChain()
        let known = try store.readBlocking(KeyLogWriter.history)
        history.withLock { $0 = known }
        summarise(known)
    }

    /// What of the key log is needed at every request; never waits for the disk.
    package var keyLogSummary: KeyLogSummary { summary.withLock { $0 } }

    /// Takes in what the key log says after a change.
    func summarise(_ history: KeyHistory) {
        let next = KeyLogSummary(history)
        summary.withLock { $0 = next }
    }

    /// Sets how much is issued of capabilities from now on, in this run; of others as much as vouchers are worth.
    package func setLimits(_ limits: [Capability: IssuanceLimits]) { self.limits.withLock { $0 = limits } }

    /// Closes the database; calls that wait for it fail. Then another process can open the directory. Blocks.
    package func close() throws { try store.close() }
}

/// Bytes as SQLite takes them.
extension Bytes32 {
    var data: Data { Data(bytes) }
}

extension Row {
    /// The 32 bytes in a column that the schema keeps at that length.
    func bytes32(_ column: String) throws -> Bytes32 {
        guard let bytes = Bytes32(try value(column, as: Data.self)) else { throw UnreadableRow() }
        return bytes
    }

    /// The capability in a column.
    func capability(_ column: String) throws -> Capability {
        guard let capability = Capability(try value(column, as: String.self)) else { throw UnreadableRow() }
        return capability
    }
}
