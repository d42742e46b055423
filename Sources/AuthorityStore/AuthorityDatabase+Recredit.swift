import GRDB
import KeySchedule
import LibSodium
package import PrivacyPass
package import Revocation
import SQLiteSupport

extension AuthorityDatabase {
    /// What would be given back to those who drew tokens under a key. Blocks.
    package func recredit(drawnUnder id: TokenKeyID) throws -> KeyChangeOutcome.Recredit {
        try store.readBlocking { try Self.recredit($0, drawnUnder: id) }
    }

    private static func recredit(_ db: Database, drawnUnder id: TokenKeyID) throws -> KeyChangeOutcome.Recredit {
        func drawn(_ table: String, _ tokens: String) throws -> (payers: Int64, tokens: Int64) {
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS payers, coalesce(sum(\(tokens)), 0) AS tokens FROM \(table)
                    WHERE key_id = ? AND \(tokens) > 0
                    """, arguments: [id.bytes.data])
            return try row.map { (try $0.value("payers"), try $0.value("tokens")) } ?? (0, 0)
        }
        let (vouchers, accounts) = (try drawn("drawn", "tokens"), try drawn("account_draw", "credit_tokens"))
        return KeyChangeOutcome.Recredit(
            vouchers: vouchers.payers, accounts: accounts.payers, tokens: vouchers.tokens + accounts.tokens)
    }

    /// For a key that is revoked already: answers the entry there is, and gives back what was drawn under it if this
    /// reason asks for it and that was not done before. Blocks.
    package func revokeAgain(_ id: TokenKeyID, reason: RevocationReason) throws -> KeyChangeOutcome {
        let now = time.now().wall
        return try store.writeBlocking { db in
            var outcome = KeyChangeOutcome()
            outcome.revocation = try Self.revoke(db, .key(id), reason: reason, from: now)
            if reason.givesBack { outcome.recredit = try Self.giveBack(db, drawnUnder: id) }
            return outcome
        }
    }

    /// Gives back what was drawn under a key, and forgets that it was drawn: a second time there is nothing left.
    static func giveBack(_ db: Database, drawnUnder id: TokenKeyID) throws -> KeyChangeOutcome.Recredit {
        let found = try recredit(db, drawnUnder: id)
        try db.execute(
            sql: """
                UPDATE voucher SET remaining = min(total, remaining + drawn.tokens)
                FROM drawn WHERE drawn.voucher = voucher.hash AND drawn.key_id = ?
                """, arguments: [id.bytes.data])
        try db.execute(sql: "DELETE FROM drawn WHERE key_id = ?", arguments: [id.bytes.data])
        try giveBackCredit(db, drawnUnder: id)
        return found
    }

    /// Gives accounts the credit back that they drew under a key, whose capability it is; their quotas begin anew with
    /// the key that follows.
    private static func giveBackCredit(_ db: Database, drawnUnder id: TokenKeyID) throws {
        try db.execute(
            sql: """
                UPDATE account_credit SET tokens = tokens + account_draw.credit_tokens
                FROM account_draw WHERE account_draw.account = account_credit.account AND account_draw.key_id = ?1
                    AND account_credit.capability = (SELECT capability FROM token_key WHERE id = ?1)
                """, arguments: [id.bytes.data])
        try db.execute(sql: "DELETE FROM account_draw WHERE key_id = ?", arguments: [id.bytes.data])
    }
}
