package import Attestation
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Synchronization

extension AuthorityDatabase: IssuanceGate {
    /// Decides and charges in one transaction, which is durable before this returns; see ``IssuanceGate``.
    ///
    /// Whether the request's digest is on record decides first: one that is there is not charged again, whatever the
    /// voucher is still worth and whether or not the key still issues. The transaction has the database to itself from
    /// its beginning, so nothing comes between that look and the insertion. What is refused writes nothing at all, so
    /// that made-up vouchers keep no disk busy.
    package func charge(_ charge: Charge) async throws -> ChargeOutcome {
        do {
            let limits = limits.withLock { $0 }
            return try await store.write { [time] db in
                if let keyID = try Self.keyOnRecord(db, charge.request) {
                    // Whoever made a code up pays for nothing, and gets nothing computed.
                    return try charge.payer.isOnRecord(db) ? .repeated(keyID) : .refused(.unknownVoucher)
                }
                let now = time.now().wall
                let (price, gate): (GatePrice, (any Gate)?)
                do {
                    price = try Self.price(db, charge, limits: limits, at: now)
                    gate = try Self.gate(db, charge.payer, price, open: limits[price.capability]?.gates ?? [.voucher])
                } catch let refusal as ChargeOutcome.Refusal {
                    return .refused(refusal)
                }
                guard try Self.record(db, charge) else { throw UnreadableRow() }
                try Self.count(db, charge)
                try gate?.pay(db, price)
                return .charged
            }
        } catch let refusal as ChargeOutcome.Refusal {
            return .refused(refusal)
        }
    }

    /// The key that a request was charged for before.
    static func keyOnRecord(_ db: Database, _ request: RequestHash) throws -> TokenKeyID? {
        let statement = try db.cachedStatement(sql: "SELECT key_id FROM request WHERE hash = ?")
        return try Row.fetchOne(statement, arguments: [request.bytes.data]).map { TokenKeyID(try $0.bytes32("key_id")) }
    }

    /// What a request costs, found out by reading alone; throws why it cannot be charged, whoever pays.
    static func price(
        _ db: Database, _ charge: Charge, limits: [Capability: IssuanceLimits], at now: UnixTime
    ) throws -> GatePrice {
        let keys = try db.cachedStatement(
            sql: """
                SELECT capability, issued FROM token_key WHERE id = ?1 AND is_closed = 0
                    AND not_before - ?3 <= ?2 AND ?2 < min(issue_until + ?3, accept_until)
                    AND NOT EXISTS (SELECT 1 FROM revocation WHERE subject = ?1)
                """)
        let arguments: StatementArguments = [
            charge.keyID.bytes.data, now.seconds, KeyRecord.issuingLeeway,
        ]
        guard let key = try Row.fetchOne(keys, arguments: arguments) else { throw ChargeOutcome.Refusal.keyNotIssuing }
        let capability = try key.capability("capability")
        if try isRevoked(db, capability, at: now) { throw ChargeOutcome.Refusal.capabilityRevoked }
        let limits = limits[capability] ?? IssuanceLimits()
        guard try key.value("issued", as: Int64.self) <= limits.tokensPerKey - Int64(charge.count) else {
            throw ChargeOutcome.Refusal.keyExhausted
        }
        return GatePrice(
            capability: capability, keyID: charge.keyID, count: Int64(charge.count), quota: limits.quota)
    }

    /// The first gate that is open and pays, `nil` where nobody has to; throws what the first of them says, if none
    /// does.
    static func gate(
        _ db: Database, _ payer: Charge.Payer, _ price: GatePrice, open: Set<GateKind>
    ) throws -> (any Gate)? {
        if payer == .nobody { return nil }
        var first: ChargeOutcome.Refusal?
        for gate in payer.gates where open.contains(gate.kind) {
            guard let refusal = try gate.refusal(db, price) else { return gate }
            first = first ?? refusal
        }
        throw first ?? .gateRefused
    }

    /// Puts a request on record; `false` if it is there already.
    private static func record(_ db: Database, _ charge: Charge) throws -> Bool {
        try db.cachedStatement(sql: "INSERT INTO request VALUES (?, ?) ON CONFLICT (hash) DO NOTHING")
            .execute(arguments: [charge.request.bytes.data, charge.keyID.bytes.data])
        return db.changesCount == 1
    }

    private static func count(_ db: Database, _ charge: Charge) throws {
        let statement = try db.cachedStatement(sql: "UPDATE token_key SET issued = issued + ?1 WHERE id = ?2")
        try statement.execute(arguments: [charge.count, charge.keyID.bytes.data])
        guard db.changesCount == 1 else { throw ChargeOutcome.Refusal.keyNotIssuing }
    }
}
