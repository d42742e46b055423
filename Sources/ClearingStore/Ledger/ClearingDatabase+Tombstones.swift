internal import Foundation
internal import GRDB
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
package import PrivacyPass
internal import Revocation
internal import SQLiteSupport

/// What is left of a key's ledger: that there was one, and how many tokens were spent in it.
package struct Tombstone: Sendable, Hashable {
    /// The key.
    package let keyID: TokenKeyID
    /// How many of its tokens were spent here.
    package let finalCount: Int64

    /// A tombstone.
    package init(keyID: TokenKeyID, finalCount: Int64) {
        self.keyID = keyID
        self.finalCount = finalCount
    }
}

extension ClearingDatabase {
    /// How old a signed head may be for the calendar to be trusted with what cannot be undone.
    static let clockEvidence: Duration = .seconds(120)

    /// Removes the ledgers of keys whose acceptance ended more than 24 hours ago, each in one transaction with the
    /// permanent tombstone that takes its place. Answers how many.
    ///
    /// Does nothing unless the calendar agrees within 60 s with the monotonic clock and with a head of the revocation
    /// list fetched in the last two minutes: no calendar that jumps removes a ledger too early.
    package func closeEndedLedgers() async throws -> Int {
        let due = try await store.read { [time] db in
            let limit = time.now().wall.adding(seconds: -Verifier.replayTime)
            return try Int64.fetchAll(
                db, sql: "SELECT number FROM ledger WHERE final_count IS NULL AND accept_until <= ?",
                arguments: [limit.seconds])
        }
        var closed = 0
        for number in due where try await closeLedger(number) { closed += 1 }
        return closed
    }

    private func closeLedger(_ number: Int64) async throws -> Bool {
        try await store.write { [state, time] db in
            let now = time.now()
            guard state.verifier.freshness.isFresh(at: now, limit: Self.clockEvidence) else { return false }
            let limit = now.wall.adding(seconds: -Verifier.replayTime).seconds
            let table = ClearingSchema.spent(number)
            try db.execute(
                sql: """
                    UPDATE ledger SET final_count = (SELECT count(*) FROM \(table))
                    WHERE number = ? AND final_count IS NULL AND accept_until <= ?
                    """, arguments: [number, limit])
            guard db.changesCount == 1 else { return false }
            try db.execute(sql: "DROP TABLE \(table)")
            return true
        }
    }

    /// The tombstones, in the order in which their keys were delivered.
    package func tombstones() async throws -> [Tombstone] {
        try await store.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT key_id, final_count FROM ledger WHERE final_count IS NOT NULL ORDER BY number")
            return try rows.map { row in
                guard let id = Bytes32(try row.value("key_id", as: Data.self)) else {
                    throw ClearingStoreError.damaged("a tombstone")
                }
                return Tombstone(keyID: TokenKeyID(id), finalCount: try row.value("final_count"))
            }
        }
    }
}
