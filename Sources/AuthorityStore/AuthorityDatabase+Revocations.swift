import Foundation
import GRDB
package import KeySchedule
import LibSodium
package import PrivacyPass
package import Revocation
import SQLiteSupport

extension AuthorityDatabase {
    /// Appends what is revoked, dated today, or for a capability the day from which it is; returns the entry, or the
    /// one that revoked it before.
    ///
    /// A capability that is revoked already is revoked again only for an earlier day. To revoke a verifier takes what
    /// is sealed to it away as well. Blocks.
    package func revoke(
        _ subject: RevocationEntry.Subject, reason: RevocationReason, from day: UnixTime? = nil
    ) throws -> RevocationEntry {
        let now = time.now().wall
        return try store.writeBlocking { db in
            try Self.revoke(db, subject, reason: reason, from: day ?? now)
        }
    }

    /// Appends many entries in one transaction: for tests and measurements, which have no time for a million.
    package func revoke(_ subjects: [RevocationEntry.Subject], reason: RevocationReason) throws {
        let now = time.now().wall
        try store.writeBlocking { db in
            for subject in subjects {
                _ = try Self.revoke(db, subject, reason: reason, from: now)
            }
        }
    }

    /// ``revoke(_:reason:from:)`` of one token, without blocking the caller's thread.
    package func revokeToken(
        _ nullifier: Nullifier, keyID: TokenKeyID, reason: RevocationReason
    ) async throws -> RevocationEntry {
        let now = time.now().wall
        return try await store.write { try Self.revoke($0, .token(nullifier, keyID), reason: reason, from: now) }
    }

    /// Whether a verifier's trust is revoked.
    package func isRevoked(_ verifier: VerifierID) async throws -> Bool {
        try await store.read { try Self.isRevoked($0, verifier) }
    }

    /// The capabilities that are revoked or will be, with the day from which.
    package func revokedCapabilities() throws -> [Capability: UnixTime] {
        try store.readBlocking(Self.revokedCapabilities)
    }

    /// Appends what is revoked within a transaction, unless it is on the list.
    static func revoke(
        _ db: Database, _ subject: RevocationEntry.Subject, reason: RevocationReason, from effective: UnixTime
    ) throws -> RevocationEntry {
        let stand = try revocationStand(db)
        guard stand.size < UInt64(Int64.max) else { throw UnreadableRow() }
        let entry = RevocationEntry(
            sequence: stand.size + 1, subject: subject, reason: reason, effective: effective)
        if let known = try revocation(db, asEarlyAs: entry) { return known }
        try db.execute(
            sql: "INSERT INTO revocation VALUES (?, ?, ?, ?)",
            arguments: [
                Int64(entry.sequence), entry.storedSubject, Data(entry.encoded), entry.root(after: stand.root).data,
            ])
        if case .verifier(let id) = subject { try forget(db, id) }
        return entry
    }

    /// Takes a verifier off the list of those that are trusted, with what is sealed to it.
    static func forget(_ db: Database, _ verifier: VerifierID) throws {
        try db.execute(sql: "DELETE FROM verifier WHERE id = ?", arguments: [verifier.bytes.data])
    }

    /// The entry that revokes the same from the same day on or an earlier one.
    private static func revocation(_ db: Database, asEarlyAs entry: RevocationEntry) throws -> RevocationEntry? {
        let last = entry.storedSubject
        var first = last
        if case .capability(let capability) = entry.subject {
            first = capability.storedRevocation(from: UnixTime(seconds: 0))
        }
        let known = try Data.fetchOne(
            db, sql: "SELECT entry FROM revocation WHERE subject BETWEEN ? AND ? ORDER BY subject LIMIT 1",
            arguments: [first, last])
        return try known.map(Self.entry)
    }

    /// Whether a capability is revoked at a time: then none of it may be issued.
    static func isRevoked(_ db: Database, _ capability: Capability, at time: UnixTime) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM revocation WHERE subject BETWEEN ? AND ?)")
        return try Bool.fetchOne(
            statement,
            arguments: [
                capability.storedRevocation(from: UnixTime(seconds: 0)), capability.storedRevocation(from: time),
            ]) ?? false
    }

    static func isRevoked(_ db: Database, _ verifier: VerifierID) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM revocation WHERE subject = ?)",
            arguments: [Data([0]) + verifier.bytes.data]) ?? false
    }

    static func revokedCapabilities(_ db: Database) throws -> [Capability: UnixTime] {
        var found: [Capability: UnixTime] = [:]
        for subject in try subjects(db, count: RevocationEntry.storedCapabilityCount) {
            guard let (capability, day) = Capability.storedRevocation(subject) else { throw UnreadableRow() }
            found[capability] = min(found[capability] ?? day, day)
        }
        return found
    }

    static func revokedKeys(_ db: Database) throws -> Set<TokenKeyID> {
        Set(try subjects(db, count: RevocationEntry.storedKeyCount).compactMap { Bytes32($0) }.map { TokenKeyID($0) })
    }

    /// The subjects of one kind but tokens, of which there may be millions: an index of the others finds them.
    private static func subjects(_ db: Database, count: Int) throws -> [Data] {
        try Data.fetchAll(
            db, sql: "SELECT subject FROM revocation WHERE length(subject) <> 48 AND length(subject) = ?",
            arguments: [count])
    }
}
