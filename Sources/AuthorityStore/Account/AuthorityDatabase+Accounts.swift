package import Attestation
import Foundation
import GRDB
import KeySchedule
package import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Synchronization

extension AuthorityDatabase {
    /// Opens an account for what is paid, in one transaction. One that is open already is not paid for again.
    package func openAccount(_ key: Ed25519.PublicKey, for payment: OpeningPayment) async throws -> AccountOpening {
        let limits = limits.withLock { $0 }
        do {
            return try await store.write { [time] db in
                if try Self.isOpen(db, key) { return .exists }
                if case .voucher(let hash, let tokens) = payment {
                    let refusal = try Self.takeOpeningFee(db, hash, tokens: tokens, limits: limits)
                    if let refusal { return refusal }
                }
                try db.cachedStatement(sql: "INSERT INTO account VALUES (?)").execute(arguments: [key.encoded.data])
                if case .statement(let credit) = payment {
                    let outcome = try Self.redeem(db, credit, to: key, limits: limits, at: time.now().wall)
                    // Throwing takes the account back.
                    guard outcome == .credited else { throw AccountOpening.statementRefused(outcome) }
                }
                return .opened
            }
        } catch let refusal as AccountOpening {
            return refusal
        }
    }

    /// Gives an account what a statement is worth, once, in one transaction.
    package func redeem(_ credit: StatementCredit, to key: Ed25519.PublicKey) async throws -> StatementOutcome {
        let limits = limits.withLock { $0 }
        return try await store.write { [time] db in
            guard try Self.isOpen(db, key) else { return .unknownAccount }
            return try Self.redeem(db, credit, to: key, limits: limits, at: time.now().wall)
        }
    }

    /// Ends an account: afterwards nothing of it is in any table, nor in the database's files. One that is not open
    /// makes no difference.
    package func closeAccount(_ key: Ed25519.PublicKey) async throws {
        try await store.write { db in
            let arguments: StatementArguments = [key.encoded.data]
            try db.execute(sql: "DELETE FROM account_draw WHERE account = ?", arguments: arguments)
            try db.execute(sql: "DELETE FROM account_credit WHERE account = ?", arguments: arguments)
            try db.execute(sql: "DELETE FROM recovery_count WHERE payer = ?", arguments: arguments)
            try db.execute(sql: "DELETE FROM account WHERE key = ?", arguments: arguments)
        }
        // What was deleted is overwritten in the database; the journal still has the pages as they were.
        try await store.emptyJournal()
    }

    static func isOpen(_ db: Database, _ key: Ed25519.PublicKey) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM account WHERE key = ?)")
        return try Bool.fetchOne(statement, arguments: [key.encoded.data]) ?? false
    }

    private static func takeOpeningFee(
        _ db: Database, _ voucher: VoucherHash, tokens: Int64, limits: [Capability: IssuanceLimits]
    ) throws -> AccountOpening? {
        let vouchers = try db.cachedStatement(
            sql: "SELECT capability, remaining FROM voucher WHERE hash = ? AND is_revoked = 0")
        guard let row = try Row.fetchOne(vouchers, arguments: [voucher.bytes.data]) else { return .unknownVoucher }
        let gates = (try limits[row.capability("capability")] ?? IssuanceLimits()).gates
        guard gates.contains(where: \.isOfAccounts) else { return .wrongCapability }
        guard try row.value("remaining", as: Int64.self) >= tokens else { return .voucherExhausted }
        try db.cachedStatement(sql: "UPDATE voucher SET remaining = remaining - ?1 WHERE hash = ?2 AND remaining >= ?1")
            .execute(arguments: [tokens, voucher.bytes.data])
        guard db.changesCount == 1 else { throw UnreadableRow() }
        return nil
    }
}
