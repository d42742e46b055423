internal import Foundation
internal import GRDB
public import KeySchedule
internal import LibSodium
public import PortesVerifier
internal import SQLiteSupport
internal import SignIn

/// A service's accounts in SQLite: `sign-in.sqlite` in a directory of its own, which one process uses.
///
/// Durable before it answers. An account is 32 bytes for each of the person's keys and a pseudonym: no time, no
/// address, no order.
public final class SQLiteSignInStore: SignInStore {
    private let store: SQLiteStore

    /// Why accounts could not be opened or changed, for people: a path and a reason.
    public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
        /// What went wrong.
        public let description: String
        /// Whether the same request may succeed later.
        public let isTemporary: Bool

        init(_ error: any Error) {
            description = String(describing: error)
            isTemporary = (error as? StoreError)?.isTemporary ?? false
        }
    }

    /// Opens the accounts in a directory, which is made where it is missing (mode 0700). Blocks.
    ///
    /// Throws ``StorageError``, as it does while another process has the directory.
    public init(directory: String) throws(StorageError) {
        do {
            store = try SQLiteStore(
                in: DataDirectory(path: directory, side: .signIn), migrator: SignInSchema.migrator)
        } catch {
            throw StorageError(error)
        }
    }

    /// Closes the database. Blocks until running work is done.
    public func close() throws(StorageError) {
        do { try store.close() } catch { throw StorageError(error) }
    }

    /// Lets a person in; callers that wait at the same time are committed together. Throws ``StorageError``.
    public func admit(_ signIn: VerifiedSignIn, at now: UnixTime) async throws -> SignInOutcome {
        try await write { try $0.admit(signIn, at: now.seconds) }
    }

    /// Erases an account, also from the journal. Throws ``StorageError``, also where the account is erased and the
    /// journal could not be emptied: erase it again then.
    public func erase(_ erasure: VerifiedErasure, at now: UnixTime) async throws -> SignInOutcome {
        let outcome = try await write { try $0.erase(erasure, at: now.seconds) }
        do { try await store.emptyJournal() } catch { throw StorageError(error) }
        return outcome
    }

    private func write<T: Sendable>(_ body: @escaping @Sendable (inout Rows) throws -> T) async throws -> T {
        do {
            return try await store.write { db in
                var rows = Rows(db: db)
                return try body(&rows)
            }
        } catch {
            throw StorageError(error)
        }
    }

    private struct UnreadableRow: Error {}

    private struct Rows: SignInRows {
        let db: Database

        mutating func use(_ nonce: Bytes32, until expiry: Int64) throws -> Bool {
            try db.execute(
                sql: "INSERT INTO answered VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [expiry, Data(nonce.bytes)])
            return db.changesCount == 1
        }

        mutating func forgetChallenges(before time: Int64) throws {
            try db.execute(sql: "DELETE FROM answered WHERE expiry < ?", arguments: [time])
        }

        func row(of key: Bytes32) throws -> SignInRow? {
            let sql = "SELECT pseudonym, is_replaced FROM account_key WHERE digest = ?"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [Data(key.bytes)]) else { return nil }
            guard let pseudonym = Bytes32(Array(try row.value("pseudonym", as: Data.self))) else {
                throw UnreadableRow()
            }
            let isReplaced = try row.value("is_replaced", as: Int64.self) != 0
            return SignInRow(pseudonym: Pseudonym(pseudonym), isReplaced: isReplaced)
        }

        mutating func put(_ row: SignInRow, of key: Bytes32) throws {
            try db.execute(
                sql: "INSERT OR REPLACE INTO account_key VALUES (?, ?, ?)",
                arguments: [Data(key.bytes), Data(row.pseudonym.bytes.bytes), row.isReplaced ? 1 : 0])
        }

        mutating func removeKeys(of pseudonym: Pseudonym) throws {
            try db.execute(
                sql: "DELETE FROM account_key WHERE pseudonym = ?", arguments: [Data(pseudonym.bytes.bytes)])
        }
    }
}
