import Attestation
import GRDB
import LibSodium
import PrivacyPass

/// An account pays out of the credit that other parties' statements gave it.
struct StatementGate: Gate {
    static let kind = GateKind.statement

    let account: Ed25519.PublicKey

    func refusal(_ db: Database, _ price: GatePrice) throws -> ChargeOutcome.Refusal? {
        guard try AuthorityDatabase.isOpen(db, account) else { return .unknownAccount }
        let credits = try db.cachedStatement(
            sql: "SELECT tokens FROM account_credit WHERE account = ? AND capability = ?")
        let credit = try Int64.fetchOne(credits, arguments: [account.encoded.data, price.capability.name]) ?? 0
        return credit >= price.count ? nil : .creditExhausted
    }

    func pay(_ db: Database, _ price: GatePrice) throws {
        let credit = try db.cachedStatement(
            sql: """
                UPDATE account_credit SET tokens = tokens - ?1
                WHERE account = ?2 AND capability = ?3 AND tokens >= ?1
                """)
        try credit.execute(arguments: [price.count, account.encoded.data, price.capability.name])
        guard db.changesCount == 1 else { throw ChargeOutcome.Refusal.creditExhausted }
        let draw = try db.cachedStatement(
            sql: """
                INSERT INTO account_draw VALUES (?1, ?2, 0, ?3)
                ON CONFLICT (key_id, account) DO UPDATE SET credit_tokens = credit_tokens + excluded.credit_tokens
                """)
        try draw.execute(arguments: [price.keyID.bytes.data, account.encoded.data, price.count])
    }
}
