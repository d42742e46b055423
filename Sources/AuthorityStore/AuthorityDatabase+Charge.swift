package import Attestation
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Synchronization

extension AuthorityDatabase: IssuanceGate {
    /// Decides and charges in one transaction, which is durable before this returns; see ``IssuanceGate``.
    ///
    /// Whether the request's digest is on record decides first: one that is there is not charged again, whatever the
    /// voucher is still worth and whether or not the key still issues. The transaction has the database to itself from
    /// its beginning, so nothing comes between that look and the insertion. What is refused writes nothing at all, so
    /// that made-up vouchers keep no disk busy.
    package func charge(_ charge: Charge) async throws -> ChargeOutcome {
        do {
            let limits = limits.withLock { $0 }
            return try await store.write { [time] db in
                if let keyID = try Self.keyOnRecord(db, charge.request) { return .repeated(keyID) }
                let now = time.now().wall
                if let refusal = try Self.refusal(db, charge, limits: limits, at: now) { return .refused(refusal) }
                guard try Self.record(db, charge) else { throw UnreadableRow() }
                try Self.count(db, charge)
                try Self.pay(db, charge)
                return .charged
            }
        } catch let refusal as ChargeOutcome.Refusal {
            return .refused(refusal)
        }
    }

    /// The key that a request was charged for before.
    static func keyOnRecord(_ db: Database, _ request: RequestHash) throws -> TokenKeyID? {
        let statement = try db.cachedStatement(sql: "SELECT key_id FROM request WHERE hash = ?")
        return try Row.fetchOne(statement, arguments: [request.bytes.data]).map { TokenKeyID(try $0.bytes32("key_id")) }
    }

    /// Why a request cannot be charged, found out by reading alone.
    static func refusal(
        _ db: Database, _ charge: Charge, limits: [Capability: IssuanceLimits], at now: UnixTime
    ) throws -> ChargeOutcome.Refusal? {
        let keys = try db.cachedStatement(
            sql: """
                SELECT capability, issued FROM token_key WHERE id = ?1
                    AND not_before - ?3 <= ?2 AND ?2 < min(issue_until + ?3, accept_until)
                    AND NOT EXISTS (SELECT 1 FROM revocation WHERE subject = ?1)
                """)
        let arguments: StatementArguments = [
            charge.keyID.bytes.data, now.seconds, KeyRecord.issuingLeeway,
        ]
        guard let key = try Row.fetchOne(keys, arguments: arguments) else { return .keyNotIssuing }
        let capability = try key.capability("capability")
        if try isRevoked(db, capability, at: now) { return .capabilityRevoked }
        let limits = limits[capability] ?? IssuanceLimits()
        guard try key.value("issued", as: Int64.self) <= limits.tokensPerKey - Int64(charge.count) else {
            return .keyExhausted
        }
        guard case .voucher(let hash) = charge.payer else { return nil }
        return try refusal(db, charge, of: hash, for: capability, quota: limits.quota)
    }

    private static func refusal(
        _ db: Database, _ charge: Charge, of voucher: VoucherHash, for capability: Capability, quota: Int64?
    ) throws -> ChargeOutcome.Refusal? {
        let vouchers = try db.cachedStatement(
            sql: "SELECT capability, remaining FROM voucher WHERE hash = ? AND is_revoked = 0")
        guard let row = try Row.fetchOne(vouchers, arguments: [voucher.bytes.data]) else { return .unknownVoucher }
        guard try row.capability("capability") == capability else { return .wrongCapability }
        guard try row.value("remaining", as: Int64.self) >= Int64(charge.count) else { return .exhausted }
        guard let quota else { return nil }
        let draws = try db.cachedStatement(sql: "SELECT tokens FROM drawn WHERE key_id = ? AND voucher = ?")
        let drawn = try Int64.fetchOne(draws, arguments: [charge.keyID.bytes.data, voucher.bytes.data]) ?? 0
        return drawn <= quota - Int64(charge.count) ? nil : .quotaExceeded
    }

    /// Puts a request on record; `false` if it is there already.
    private static func record(_ db: Database, _ charge: Charge) throws -> Bool {
        try db.cachedStatement(sql: "INSERT INTO request VALUES (?, ?) ON CONFLICT (hash) DO NOTHING")
            .execute(arguments: [charge.request.bytes.data, charge.keyID.bytes.data])
        return db.changesCount == 1
    }

    private static func count(_ db: Database, _ charge: Charge) throws {
        let statement = try db.cachedStatement(sql: "UPDATE token_key SET issued = issued + ?1 WHERE id = ?2")
        try statement.execute(arguments: [charge.count, charge.keyID.bytes.data])
        guard db.changesCount == 1 else { throw ChargeOutcome.Refusal.keyNotIssuing }
    }

    private static func pay(_ db: Database, _ charge: Charge) throws {
        guard case .voucher(let voucher) = charge.payer else { return }
        let statement = try db.cachedStatement(
            sql: "UPDATE voucher SET remaining = remaining - ?1 WHERE hash = ?2 AND remaining >= ?1 AND is_revoked = 0")
        try statement.execute(arguments: [charge.count, voucher.bytes.data])
        guard db.changesCount == 1 else { throw ChargeOutcome.Refusal.exhausted }
        let draw = try db.cachedStatement(
            sql: """
                INSERT INTO drawn VALUES (?1, ?2, ?3)
                ON CONFLICT (key_id, voucher) DO UPDATE SET tokens = tokens + excluded.tokens
                """)
        try draw.execute(arguments: [charge.keyID.bytes.data, voucher.bytes.data, charge.count])
    }
}
