import Foundation
import GRDB
package import KeySchedule
import LibSodium
package import PrivacyPass
import SQLiteSupport

extension AuthorityDatabase {
    /// Forgets the requests and deliveries of keys whose acceptance ended before `time`, in short transactions, and
    /// returns the ids of all keys of which nothing is on record any more: their secrets serve nothing.
    ///
    /// For good: the caller makes sure that the clock is right. A mark on each key stays, which closes its epoch:
    /// nothing is charged under it again. The keys' public records stay.
    package func purgeKeys(endedBefore time: UnixTime) async throws -> [TokenKeyID] {
        let ended = try await store.read { db in
            try Self.ids(
                db, sql: "SELECT id FROM token_key WHERE truncated IS NOT NULL AND accept_until < ?",
                arguments: [time.seconds])
        }
        for id in ended {
            // First of all: what is forgotten from here on could else be charged again by a clock that goes back.
            try await store.write { db in
                try db.execute(sql: "UPDATE token_key SET is_closed = 1 WHERE id = ?", arguments: [id.bytes.data])
            }
            while try await purgeSomeRequests(of: id) {}
            try await store.write { try Self.finishPurge($0, of: id) }
        }
        return try await store.read { try Self.ids($0, sql: "SELECT id FROM token_key WHERE truncated IS NULL") }
    }

    /// Few enough that nobody who wants tokens waits long; `false` when none are left.
    private func purgeSomeRequests(of id: TokenKeyID) async throws -> Bool {
        try await store.write { db in
            try db.execute(
                sql: "DELETE FROM request WHERE hash IN (SELECT hash FROM request WHERE key_id = ? LIMIT 1000)",
                arguments: [id.bytes.data])
            return db.changesCount > 0
        }
    }

    private static func finishPurge(_ db: Database, of id: TokenKeyID) throws {
        let arguments: StatementArguments = [id.bytes.data]
        try db.execute(sql: "DELETE FROM delivery WHERE key_id = ?", arguments: arguments)
        for table in ["drawn", "account_draw", "recovery_record", "recovery_count"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE key_id = ?", arguments: arguments)
        }
        try db.execute(sql: "UPDATE token_key SET truncated = NULL WHERE id = ?", arguments: arguments)
        let row = try Row.fetchOne(db, sql: "SELECT capability FROM token_key WHERE id = ?", arguments: arguments)
        if let row { try raiseSequence(db, capability: row.capability("capability")) }
    }

    private static func ids(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> [TokenKeyID] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map { TokenKeyID(try $0.bytes32("id")) }
    }
}
