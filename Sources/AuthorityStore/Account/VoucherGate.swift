import Attestation
import GRDB
import LibSodium
import PrivacyPass
import SQLiteSupport

/// A voucher pays out of what it is worth.
struct VoucherGate: Gate {
    static let kind = GateKind.voucher

    let voucher: VoucherHash

    func refusal(_ db: Database, _ price: GatePrice) throws -> ChargeOutcome.Refusal? {
        let vouchers = try db.cachedStatement(
            sql: "SELECT capability, remaining FROM voucher WHERE hash = ? AND is_revoked = 0")
        guard let row = try Row.fetchOne(vouchers, arguments: [voucher.bytes.data]) else { return .unknownVoucher }
        guard try row.capability("capability") == price.capability else { return .wrongCapability }
        guard try row.value("remaining", as: Int64.self) >= price.count else { return .exhausted }
        guard let quota = price.quota else { return nil }
        let draws = try db.cachedStatement(sql: "SELECT tokens FROM drawn WHERE key_id = ? AND voucher = ?")
        let drawn = try Int64.fetchOne(draws, arguments: [price.keyID.bytes.data, voucher.bytes.data]) ?? 0
        return drawn <= quota - price.count ? nil : .quotaExceeded
    }

    func pay(_ db: Database, _ price: GatePrice) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE voucher SET remaining = remaining - ?1 WHERE hash = ?2 AND remaining >= ?1 AND is_revoked = 0")
        try statement.execute(arguments: [price.count, voucher.bytes.data])
        guard db.changesCount == 1 else { throw ChargeOutcome.Refusal.exhausted }
        let draw = try db.cachedStatement(
            sql: """
                INSERT INTO drawn VALUES (?1, ?2, ?3)
                ON CONFLICT (key_id, voucher) DO UPDATE SET tokens = tokens + excluded.tokens
                """)
        try draw.execute(arguments: [price.keyID.bytes.data, voucher.bytes.data, price.count])
    }
}
