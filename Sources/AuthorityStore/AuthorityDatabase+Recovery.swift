package import Attestation
import Foundation
import GRDB
import KeySchedule
import LibSodium
package import PrivacyPass
package import Recovery
import SQLiteSupport
import Synchronization

/// What came of a record that somebody wants kept.
package enum RecoveryKeeping: Sendable, Hashable {
    /// It is kept, durably.
    case kept
    /// Whoever may draw tokens of another capability, or of none, may have nothing kept: why.
    case refused(ChargeOutcome.Refusal)
    /// As much is kept already as may be.
    case full
}

extension AuthorityDatabase {
    /// How many records one payer may have kept under one key.
    static let recordsPerPayer: Int64 = 16

    /// Keeps a record for somebody who could draw tokens under its key. One that is kept already is kept once.
    ///
    /// How many each payer has kept is on record until the key's end, and no row says which.
    package func keep(_ record: RecoveryRecord, for payer: Charge.Payer) async throws -> RecoveryKeeping {
        let limits = limits.withLock { $0 }
        return try await store.write { [time] db in
            if try Self.isKept(db, record) { return .kept }
            let now = time.now().wall
            let charge = Charge(payer: payer, request: RequestHash(.zero), count: 0, keyID: record.keyID)
            do {
                let price = try Self.price(db, charge, limits: limits, at: now)
                _ = try Self.gate(db, payer, price, open: limits[price.capability]?.gates ?? [.voucher])
            } catch let refusal as ChargeOutcome.Refusal {
                return .refused(refusal)
            }
            guard try Self.countRecord(db, charge), try Self.insert(db, record) else { return .full }
            return .kept
        }
    }

    private static func isKept(_ db: Database, _ record: RecoveryRecord) throws -> Bool {
        let sql = "SELECT 1 FROM recovery_record WHERE lookup = ? AND key_id = ? AND sealed = ?"
        let arguments: StatementArguments = [record.lookup.bytes.data, record.keyID.bytes.data, Data(record.sealed)]
        return try Int.fetchOne(db, sql: sql, arguments: arguments) != nil
    }

    private static func countRecord(_ db: Database, _ charge: Charge) throws -> Bool {
        guard let payer = charge.payer.digest else { return true }
        try db.execute(
            sql: """
                INSERT INTO recovery_count VALUES (?1, ?2, 1)
                ON CONFLICT (key_id, payer) DO UPDATE SET records = records + 1 WHERE records < ?3
                """,
            arguments: [charge.keyID.bytes.data, payer.data, recordsPerPayer])
        return db.changesCount == 1
    }

    private static func insert(_ db: Database, _ record: RecoveryRecord) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO recovery_record SELECT ?1, ?2, ?3
                WHERE (SELECT count(*) FROM recovery_record WHERE lookup = ?1 AND key_id = ?2) < ?4
                """,
            arguments: [
                record.lookup.bytes.data, record.keyID.bytes.data, Data(record.sealed), RecoveryRecord.maximumRecords,
            ])
        return db.changesCount == 1
    }

    /// What is kept under a lookup, in the order of the bytes, which says nothing of time.
    package func recoveryRecords(_ lookup: RecoveryRecord.Lookup, under keyID: TokenKeyID) async throws -> [[UInt8]] {
        try await store.read { db in
            try Data.fetchAll(
                db, sql: "SELECT sealed FROM recovery_record WHERE lookup = ? AND key_id = ? ORDER BY sealed",
                arguments: [lookup.bytes.data, keyID.bytes.data]
            ).map { Array($0) }
        }
    }

    /// The key that a request was charged for; `nil` for one that is not on record.
    package func keyOfCharged(_ request: RequestHash) async throws -> TokenKeyID? {
        try await store.read { try Self.keyOnRecord($0, request) }
    }
}

extension Charge.Payer {
    /// Whether there is, or was, such a payer.
    func isOnRecord(_ db: Database) throws -> Bool {
        guard case .voucher(let hash) = self else { return true }
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM voucher WHERE hash = ?")
        return try Int.fetchOne(statement, arguments: [hash.bytes.data]) != nil
    }

    /// What stands for the payer in a count of records; `nil` where nobody pays.
    fileprivate var digest: Bytes32? {
        switch self {
        case .voucher(let hash): hash.bytes
        case .account(let key): key.encoded
        case .nobody: nil
        }
    }
}
