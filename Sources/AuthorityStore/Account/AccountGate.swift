import Attestation
import GRDB
import LibSodium
import PrivacyPass

/// An account draws up to the capability's quota under each key, for nothing but its opening.
struct AccountGate: Gate {
    static let kind = GateKind.account

    let account: Ed25519.PublicKey

    func refusal(_ db: Database, _ price: GatePrice) throws -> ChargeOutcome.Refusal? {
        guard try AuthorityDatabase.isOpen(db, account) else { return .unknownAccount }
        let draws = try db.cachedStatement(
            sql: "SELECT quota_tokens FROM account_draw WHERE key_id = ? AND account = ?")
        let drawn = try Int64.fetchOne(draws, arguments: [price.keyID.bytes.data, account.encoded.data]) ?? 0
        return drawn <= (price.quota ?? 0) - price.count ? nil : .quotaExceeded
    }

    func pay(_ db: Database, _ price: GatePrice) throws {
        let draw = try db.cachedStatement(
            sql: """
                INSERT INTO account_draw VALUES (?1, ?2, ?3, 0)
                ON CONFLICT (key_id, account) DO UPDATE SET quota_tokens = quota_tokens + excluded.quota_tokens
                """)
        try draw.execute(arguments: [price.keyID.bytes.data, account.encoded.data, price.count])
    }
}
