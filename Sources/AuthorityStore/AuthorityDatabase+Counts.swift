import Foundation
import GRDB
package import KeyDelivery
import KeySchedule
import KeyTransparency
package import LibSodium
package import PrivacyPass
import SQLiteSupport
import Synchronization

/// What became of a clearing server's statement of how many tokens were redeemed.
package enum CountOutcome: Sendable, Hashable {
    /// It is on record now, and in the key log.
    case stored
    /// It was on record.
    case repeated
    /// Another one of this server for this key is on record, and stands.
    case contradicts
    /// The server is not trusted, or was put on record with another key meanwhile.
    case unknownVerifier
    /// There is no such key, or the server is not trusted with its capability.
    case unknownKey
    /// The key's tokens are still accepted.
    case tooEarly
}

extension AuthorityDatabase {
    /// The key that a verifier signs counts with: `nil` where it is not trusted, or hands over none.
    package func countKey(of verifier: VerifierID) async throws -> Ed25519.PublicKey? {
        try await store.read { try Self.countKey($0, of: verifier) }
    }

    /// Puts a statement on record and into the key log, in one transaction, unless there is one of this server for this
    /// key: the first one stands. It was signed with `signer`.
    ///
    /// Throws ``KeyLogRefusal`` or ``StoreError``, and then nothing was changed. Blocks: for one caller at a time.
    package func putOnRecord(
        _ count: RedeemedCount, statement: String, signer: Ed25519.PublicKey
    ) throws -> CountOutcome {
        let now = time.now().wall
        return try history.withLock { history in
            defer { summarise(history) }
            do {
                return try store.writeBlocking { db in
                    guard try Self.countKey(db, of: count.verifier) == signer else { return .unknownVerifier }
                    if let outcome = try Self.outcomeWithoutChange(db, count, at: now) { return outcome }
                    try Self.insert(db, count, statement: statement)
                    // A key from before there was a log has no place there.
                    if history.keys[count.keyID] != nil {
                        try KeyLogWriter(db, history: history, at: now).append(
                            .redeemed(count.keyID, count: count.count, statement: statement), to: &history)
                    }
                    return .stored
                }
            } catch {
                // Nothing was changed, or, where the disk failed, perhaps all of it.
                history = (try? store.readBlocking(KeyLogWriter.history)) ?? history
                throw error
            }
        }
    }

    static func insert(_ db: Database, _ count: RedeemedCount, statement: String) throws {
        try db.execute(
            sql: "INSERT INTO redeemed_count (verifier_id, key_id, count, statement) VALUES (?, ?, ?, ?)",
            arguments: ids(count) + [Int64(clamping: count.count), statement])
    }

    private static func outcomeWithoutChange(
        _ db: Database, _ count: RedeemedCount, at now: UnixTime
    ) throws -> CountOutcome? {
        let known = try Int64.fetchOne(
            db, sql: "SELECT count FROM redeemed_count WHERE verifier_id = ? AND key_id = ?", arguments: ids(count))
        if let known { return known == Int64(clamping: count.count) ? .repeated : .contradicts }
        let keys = """
            SELECT accept_until FROM token_key k JOIN verifier_capability c ON c.capability = k.capability
            WHERE c.verifier_id = ? AND k.id = ?
            """
        guard let end = try Int64.fetchOne(db, sql: keys, arguments: ids(count)) else { return .unknownKey }
        return end <= now.seconds ? nil : .tooEarly
    }

    private static func ids(_ count: RedeemedCount) -> StatementArguments {
        [count.verifier.bytes.data, count.keyID.bytes.data]
    }

    /// What is on record of a key: how many of its tokens each server redeemed, in the order of the servers' ids.
    package func redeemedCounts(of keyID: TokenKeyID) throws -> [(verifier: Bytes32, count: UInt64)] {
        try store.readBlocking { db in
            try Row.fetchAll(
                db, sql: "SELECT verifier_id, count FROM redeemed_count WHERE key_id = ? ORDER BY verifier_id",
                arguments: [keyID.bytes.data]
            ).map { try ($0.bytes32("verifier_id"), UInt64(clamping: $0.value("count", as: Int64.self))) }
        }
    }

    private static func countKey(_ db: Database, of verifier: VerifierID) throws -> Ed25519.PublicKey? {
        let row = try Row.fetchOne(
            db, sql: "SELECT count_key FROM verifier WHERE id = ?", arguments: [verifier.bytes.data])
        return try row.flatMap { try countKey($0) }
    }
}
