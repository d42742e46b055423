internal import Foundation
internal import GRDB
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport

extension ClearingDatabase {
    /// The keys of which this directory has lost count: none, unless it was restored.
    static func lostLedgers(_ db: Database) throws -> LostLedgers {
        let floor = try Int64.fetchOne(db, sql: "SELECT time FROM restore_floor")
        let ids = try Data.fetchAll(db, sql: "SELECT key_id FROM ledger WHERE is_lower_bound = 1").map { data in
            guard let id = Bytes32(data) else { throw UnreadableRow() }
            return TokenKeyID(id)
        }
        return LostLedgers(floor: floor.map { UnixTime(seconds: $0) }, keys: Set(ids))
    }
}
