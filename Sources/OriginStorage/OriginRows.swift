internal import Foundation
internal import GRDB
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport

/// What was spent, within one transaction.
struct OriginRows: SpendRows {
    private let db: Database
    private let ends: [TokenKeyID: Int64]

    /// The rows for these spends: a key's first spend puts its end on record.
    init(_ db: Database, _ spends: [PreparedSpend]) {
        self.db = db
        ends = Dictionary(spends.map { ($0.token.keyID, $0.token.acceptUntil.seconds) }) { max($0, $1) }
    }

    func refusal(of keyID: TokenKeyID) throws -> VerificationFailure? {
        let sql = "SELECT is_over FROM spent_key WHERE key_id = ?"
        let isOver = try Bool.fetchOne(
            db.cachedStatement(sql: sql), arguments: [Data(keyID.bytes.bytes)])
        return isOver == true ? .keyNoLongerAccepted : nil
    }

    mutating func insert(_ nullifier: Nullifier, digest: Bytes32, keyID: TokenKeyID) throws -> Bytes32? {
        let key = Data(keyID.bytes.bytes)
        guard let end = ends[keyID] else { throw VerificationFailure.unknownKey }
        try db.cachedStatement(sql: "INSERT INTO spent_key VALUES (?, ?, 0) ON CONFLICT DO NOTHING")
            .execute(arguments: [key, end])
        try db.cachedStatement(sql: "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .execute(arguments: [key, Data(nullifier.bytes), Data(digest.bytes)])
        guard db.changesCount == 0 else { return nil }
        guard let found = try self.digest(of: nullifier, keyID: keyID) else { throw UnreadableRow() }
        return found
    }

    func digest(of nullifier: Nullifier, keyID: TokenKeyID) throws -> Bytes32? {
        let sql = "SELECT binding FROM spent WHERE key_id = ? AND nullifier = ?"
        let found = try Data.fetchOne(
            db.cachedStatement(sql: sql), arguments: [Data(keyID.bytes.bytes), Data(nullifier.bytes)])
        guard let found else { return nil }
        guard let digest = Bytes32(found) else { throw UnreadableRow() }
        return digest
    }
}
