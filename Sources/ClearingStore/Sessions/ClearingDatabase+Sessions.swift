internal import Foundation
internal import GRDB
package import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import Revocation
package import Sessions
internal import SQLiteSupport

extension ClearingDatabase: ClosedSessionStore {
    /// Closes a session before its end. Durable when it returns; throws ``StoreError``.
    package func close(_ id: SessionID, until expiry: UnixTime) async throws {
        try await store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO closed_session (id, expiry) VALUES (?, ?)
                    ON CONFLICT (id) DO UPDATE SET expiry = max(expiry, excluded.expiry)
                    """,
                arguments: [Data(id.bytes.bytes), expiry.seconds])
        }
    }

    /// The sessions that were closed. Those that ended more than a day before `time` are removed, unless the calendar
    /// is not to be trusted with it: see ``closeEndedLedgers()``. Throws ``StoreError``.
    package func closed(at time: UnixTime) async throws -> [SessionID: UnixTime] {
        try await store.write { [state, source = self.time] db in
            if state.verifier.freshness.isFresh(at: source.now(), limit: Self.clockEvidence) {
                let end = time.adding(seconds: -OpenSessions.grace).seconds
                try db.execute(sql: "DELETE FROM closed_session WHERE expiry < ?", arguments: [end])
            }
            let rows = try Row.fetchAll(db, sql: "SELECT id, expiry FROM closed_session")
            return try Dictionary(uniqueKeysWithValues: rows.map { row in
                guard let id = Bytes32(try row.value("id", as: Data.self)) else { throw UnreadableRow() }
                return (SessionID(id), UnixTime(seconds: try row.value("expiry", as: Int64.self)))
            })
        }
    }
}
