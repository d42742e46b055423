internal import GRDB
internal import KeySchedule
internal import PortesVerifier
internal import Revocation
internal import SQLiteSupport

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
}
