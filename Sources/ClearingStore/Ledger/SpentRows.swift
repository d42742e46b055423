internal import Foundation
internal import GRDB
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass
internal import SQLiteSupport

/// The rows of the keys' ledgers within one transaction.
struct SpentRows: SpendRows {
    private let db: Database
    private var ledgers: [TokenKeyID: Ledger] = [:]

    private enum Ledger {
        case open(insert: Statement, find: Statement)
        case closed(VerificationFailure)
    }

    init(_ db: Database) { self.db = db }

    mutating func refusal(of keyID: TokenKeyID) throws -> VerificationFailure? {
        guard case .closed(let failure) = try ledger(of: keyID) else { return nil }
        return failure
    }

    mutating func insert(_ nullifier: Nullifier, digest: Bytes32, keyID: TokenKeyID) throws -> Bytes32? {
        guard case .open(let insert, let find) = try ledger(of: keyID) else { throw VerificationFailure.unknownKey }
        let name = Data(nullifier.bytes)
        try insert.execute(arguments: [name, Data(digest.bytes)])
        guard db.changesCount == 0 else { return nil }
        guard let found = try Self.digest(in: find, name) else { throw ClearingStoreError.damaged("a ledger") }
        return found
    }

    mutating func digest(of nullifier: Nullifier, keyID: TokenKeyID) throws -> Bytes32? {
        guard case .open(_, let find) = try ledger(of: keyID) else { return nil }
        return try Self.digest(in: find, Data(nullifier.bytes))
    }

    private static func digest(in find: Statement, _ name: Data) throws -> Bytes32? {
        guard let found = try Data.fetchOne(find, arguments: [name]) else { return nil }
        guard let digest = Bytes32(found) else { throw ClearingStoreError.damaged("a ledger") }
        return digest
    }

    private mutating func ledger(of keyID: TokenKeyID) throws -> Ledger {
        if let ledger = ledgers[keyID] { return ledger }
        let ledger = try Self.find(keyID, db)
        ledgers[keyID] = ledger
        return ledger
    }

    private static func find(_ keyID: TokenKeyID, _ db: Database) throws -> Ledger {
        let find = try db.cachedStatement(
            sql: "SELECT number, final_count, is_lower_bound FROM ledger WHERE key_id = ?")
        let row = try Row.fetchOne(find, arguments: [Data(keyID.bytes.bytes)])
        guard let row else { return .closed(.unknownKey) }
        guard row.hasNull(atIndex: 1) else {
            return .closed(try row.value("is_lower_bound") ? .ledgerLost : .keyNoLongerAccepted)
        }
        let table = ClearingSchema.spent(try row.value("number"))
        return .open(
            insert: try db.cachedStatement(
                sql: "INSERT INTO \(table) (nullifier, binding) VALUES (?, ?) ON CONFLICT DO NOTHING"),
            find: try db.cachedStatement(sql: "SELECT binding FROM \(table) WHERE nullifier = ?"))
    }
}
