import Attestation
import Foundation
import GRDB
package import KeySchedule
import LibSodium
import PrivacyPass
import SQLiteSupport

/// Statements of other parties are used once, and then only for as long kept as somebody could use them again.
extension AuthorityDatabase {
    /// A statement whose end is at or before this time is refused: that it was used may be forgotten.
    private static let markName = "statement-mark"
    /// The time of a backup's restoration: what was used before it may be forgotten.
    private static let restoredName = "statements-restored"

    /// Records the use and gives the credit. Whoever calls it has seen that the account is open.
    static func redeem(
        _ db: Database, _ credit: StatementCredit, to key: Ed25519.PublicKey, limits: [Capability: IssuanceLimits],
        at now: UnixTime
    ) throws -> StatementOutcome {
        guard try !isTooOld(db, credit, at: now) else { return .expired }
        let gates = (limits[credit.capability] ?? IssuanceLimits()).gates
        guard gates.contains(.statement), try !isRevoked(db, credit.capability, at: now) else { return .unfit }
        try db.cachedStatement(sql: "INSERT INTO used_statement VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
            .execute(arguments: [credit.id.data, lastDay(of: credit)])
        guard db.changesCount == 1 else { return .used }
        let give = try db.cachedStatement(
            sql: """
                INSERT INTO account_credit VALUES (?1, ?2, ?3)
                ON CONFLICT (account, capability) DO UPDATE SET tokens = tokens + excluded.tokens
                """)
        try give.execute(arguments: [key.encoded.data, credit.capability.name, credit.tokens])
        return .credited
    }

    private static func isTooOld(_ db: Database, _ credit: StatementCredit, at now: UnixTime) throws -> Bool {
        if credit.expires.adding(seconds: StatementCredit.leeway) <= now { return true }
        if let mark = try time(db, markName), credit.expires <= mark { return true }
        guard let restored = try time(db, restoredName) else { return false }
        // Good if it can not have been used before: it was not to be used yet, or it would have lived too long.
        let isLater = credit.notBefore.map { $0.adding(seconds: -StatementCredit.leeway) > restored } ?? false
        let longest = restored.adding(seconds: StatementCredit.longestLife + StatementCredit.leeway)
        return !isLater && credit.expires <= longest
    }

    private static func time(_ db: Database, _ name: String) throws -> UnixTime? {
        try Int64.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
            .map { UnixTime(seconds: $0) }
    }

    /// The day at whose end at the latest a statement is over, leeway included.
    private static func lastDay(of credit: StatementCredit) -> Int64 {
        credit.expires.adding(seconds: StatementCredit.leeway).startOfDay.seconds / 86_400
    }

    /// Forgets the uses of statements that were over before `time`, and refuses from now on whatever is no newer: the
    /// mark never goes back. For good: the caller makes sure that the clock is right.
    package func purgeStatements(endedBefore time: UnixTime) async throws {
        let day = time.startOfDay
        try await store.write { db in
            if let mark = try Self.time(db, Self.markName), mark >= day { return }
            try Self.set(db, Self.markName, day.seconds)
            try db.execute(sql: "DELETE FROM used_statement WHERE last_day < ?", arguments: [day.seconds / 86_400])
        }
    }

    /// From now on takes no statement that may have been used between a backup and this time. Blocks.
    func forgetUsedStatements(at time: UnixTime) throws {
        try store.writeBlocking { try Self.set($0, Self.restoredName, time.seconds) }
    }
}
