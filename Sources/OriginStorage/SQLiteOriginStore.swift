internal import Foundation
internal import GRDB
internal import KeyFiles
public import KeySchedule
internal import LibSodium
public import PortesVerifier
internal import SQLiteSupport
public import Sessions

/// What an app's backend remembers of tokens and sessions, in SQLite: `origin.sqlite` and `sessions.key` in a directory
/// of their own, which one process uses.
///
/// Durable before it answers. It holds no time of a spend, no address, no person. Do not put it back from a backup:
/// every token that was spent since would be accepted again.
public final class SQLiteOriginStore: ClosedSessionStore {
    /// The key of the backend's sessions, made at the first start.
    public let sessionKey: SessionKey
    let store: SQLiteStore

    /// Why the store could not be opened or changed, for people: a path and a reason.
    public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
        /// What went wrong.
        public let description: String
        /// Whether the same request may succeed later.
        public let isTemporary: Bool

        init(_ error: any Error) {
            description = String(describing: error)
            isTemporary = (error as? StoreError)?.isTemporary ?? false
        }

        init(_ description: String, isTemporary: Bool = false) {
            self.description = description
            self.isTemporary = isTemporary
        }
    }

    private static let keyFile = SecretFile(name: "sessions.key", magic: "PORTESS1")

    /// Opens the store in a directory, which is made where it is missing (mode 0700). Blocks.
    ///
    /// Throws ``StorageError``, as it does while another process has the directory, or where one of its two files is
    /// gone: without the database every token could be spent again, without the key one token could open two sessions.
    public init(directory: String) throws(StorageError) {
        do {
            let place = try DataDirectory(path: directory, side: .origin)
            let hasDatabase = access(place.databasePath, F_OK) == 0
            guard hasDatabase || access(directory + "/" + Self.keyFile.name, F_OK) != 0 else {
                throw StorageError("the database of what was spent is gone from \(directory)")
            }
            store = try SQLiteStore(in: place, migrator: OriginSchema.migrator)
            sessionKey = try Self.sessionKey(in: directory, store)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error)
        }
    }

    private static func sessionKey(in directory: String, _ store: SQLiteStore) throws -> SessionKey {
        let handle = try DirectoryHandle(directory)
        return try store.writeBlocking { db in
            let known = try Data.fetchOne(db, sql: "SELECT public_key FROM session_key")
            let seed = known == nil
                ? try keyFile.readOrMake(in: handle) { SecretBytes(randomCount: SessionKey.seedCount) }
                : try keyFile.read(in: handle)
            // Reading checked the length.
            guard let key = SessionKey(seed: seed) else { throw KeyFileError.corrupt(path: directory) }
            let publicKey = Data(key.publicKey.encoded.bytes)
            guard known == nil || known == publicKey else {
                throw StorageError("\(keyFile.name) in \(directory) is not the one that belongs to the database")
            }
            try db.execute(sql: "INSERT OR IGNORE INTO session_key VALUES (1, ?)", arguments: [publicKey])
            return key
        }
    }

    /// A ledger of the origin `audience` in this store, which asks `state` again in the transaction that spends.
    /// Several ledgers of one store share what was spent.
    public func ledger(
        of state: VerifierState, audience: String, time: any TimeSource = SystemTimeSource()
    ) -> SQLiteOriginLedger {
        SQLiteOriginLedger(store: store, state: state, audience: audience, time: time)
    }

    /// Closes the database. Blocks until running work is done.
    public func close() throws(StorageError) {
        do { try store.close() } catch { throw StorageError(error) }
    }

    /// Closes a session before its end. Throws ``StorageError``.
    public func close(_ id: SessionID, until expiry: UnixTime) async throws {
        do {
            try await store.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO closed_session VALUES (?, ?)
                        ON CONFLICT (id) DO UPDATE SET expiry = max(expiry, excluded.expiry)
                        """, arguments: [Data(id.bytes.bytes), expiry.seconds])
            }
        } catch {
            throw StorageError(error)
        }
    }

    /// The sessions that were closed; those that ended more than a week before `time` are removed. Throws
    /// ``StorageError``.
    public func closed(at time: UnixTime) async throws -> [SessionID: UnixTime] {
        do {
            return try await store.write { db in
                // Long after the end, since nothing here tells whether the calendar is right.
                let end = time.adding(seconds: -7 * OpenSessions.grace).seconds
                try db.execute(sql: "DELETE FROM closed_session WHERE expiry < ?", arguments: [end])
                let rows = try Row.fetchAll(db, sql: "SELECT id, expiry FROM closed_session")
                return try Dictionary(uniqueKeysWithValues: rows.map { row in
                    guard let id = Bytes32(try row.value("id", as: Data.self)) else { throw UnreadableRow() }
                    return (SessionID(id), UnixTime(seconds: try row.value("expiry", as: Int64.self)))
                })
            }
        } catch {
            throw StorageError(error)
        }
    }
}
