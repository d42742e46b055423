internal import Foundation
internal import GRDB
internal import LibSodium
internal import SQLiteSupport
package import PrivacyPass

extension ClearingDatabase {
    /// How many tokens of a key were spent here, for good.
    package struct FinalCount: Sendable, Hashable {
        /// The key.
        package let keyID: TokenKeyID
        /// How many.
        package let count: UInt64
    }

    /// What the authority answered to a count.
    package enum CountAnswer: Int64, Sendable, Hashable {
        /// It has it on record.
        case taken = 1
        /// It has another on record, which stands.
        case refused = 2
    }

    /// Final counts to which the authority has not answered yet, at most 100.
    ///
    /// The counts of a restored ledger are lower bounds and never among them.
    package func countsToReport() async throws -> [FinalCount] {
        try await store.read { db in
            let sql = """
                SELECT key_id, final_count FROM ledger
                WHERE final_count IS NOT NULL AND is_lower_bound = 0 AND count_state = 0 ORDER BY key_id LIMIT 100
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                guard let id = Bytes32(try row.value("key_id", as: Data.self)),
                    let count = UInt64(exactly: try row.value("final_count", as: Int64.self))
                else { throw UnreadableRow() }
                return FinalCount(keyID: TokenKeyID(id), count: count)
            }
        }
    }

    /// Keeps what the authority answered to a count, which then is not handed over again.
    package func note(_ answer: CountAnswer, toCountOf keyID: TokenKeyID) async throws {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE ledger SET count_state = ? WHERE key_id = ? AND final_count IS NOT NULL",
                arguments: [answer.rawValue, Data(keyID.bytes.bytes)])
        }
    }
}
