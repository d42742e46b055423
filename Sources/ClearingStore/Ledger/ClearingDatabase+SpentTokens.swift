internal import Foundation
internal import GRDB
internal import LibSodium
package import PrivacyPass
internal import SQLiteSupport

extension ClearingDatabase {
    /// How many rows one read takes: few enough that spends hardly wait for it.
    private static let portion = 10_000

    /// The nullifiers of the tokens of a key that were spent here, in their order; `nil` for a key without a ledger, or
    /// whose ledger is closed.
    ///
    /// Read in portions, between which tokens are spent: those may be among them or not.
    package func spentTokens(of keyID: TokenKeyID) async throws -> [Nullifier]? {
        let number = try await store.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT number FROM ledger WHERE key_id = ? AND final_count IS NULL",
                arguments: [Data(keyID.bytes.bytes)])
        }
        guard let number else { return nil }
        var spent: [Nullifier] = []
        while let part = try await spentTokens(number: number, after: spent.last), !part.isEmpty {
            spent += part
            if part.count < Self.portion { break }
        }
        return spent
    }

    /// The next of them; `nil` where the ledger was closed meanwhile.
    private func spentTokens(number: Int64, after last: Nullifier?) async throws -> [Nullifier]? {
        try await store.read { db in
            let table = ClearingSchema.spent(number)
            guard try db.tableExists(table) else { return nil }
            let rows = try Data.fetchAll(
                db, sql: "SELECT nullifier FROM \(table) WHERE nullifier > ? ORDER BY nullifier LIMIT ?",
                arguments: [Data(last?.bytes ?? []), Self.portion])
            return try rows.map { bytes in
                guard let nullifier = Nullifier(bytes) else { throw ClearingStoreError.damaged("a ledger") }
                return nullifier
            }
        }
    }
}
