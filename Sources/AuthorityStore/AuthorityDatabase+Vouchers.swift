package import Attestation
import Foundation
import GRDB
import LibSodium
package import PrivacyPass
import SQLiteSupport

/// A voucher as an admin sees it.
package struct StoredVoucher: Sendable, Hashable {
    /// The voucher's name.
    package let id: VoucherID
    /// The capability that it is worth tokens of.
    package let capability: Capability
    /// How many tokens it was made for.
    package let total: Int64
    /// How many tokens it is still worth.
    package let remaining: Int64
    /// Whether an admin revoked it.
    package let isRevoked: Bool
}

/// Why no voucher was revoked.
package enum VoucherLookupError: Error, Sendable, Hashable {
    /// No voucher has this id.
    case unknown
    /// More than one voucher has this id, which does not happen by chance.
    case ambiguous
}

extension AuthorityDatabase {
    /// Stores vouchers that are worth `tokens` each; all of them or none.
    package func insertVouchers(_ hashes: [VoucherHash], capability: Capability, tokens: Int64) throws {
        try store.writeBlocking { db in
            let statement = try db.cachedStatement(
                sql: "INSERT INTO voucher (hash, capability, total, remaining) VALUES (?1, ?2, ?3, ?3)")
            for hash in hashes {
                try statement.execute(arguments: [hash.bytes.data, capability.name, tokens])
            }
        }
    }

    /// All vouchers, in the order of their ids, which says nothing about time.
    package func vouchers() throws -> [StoredVoucher] {
        try store.readBlocking { db in
            try Row.fetchAll(db, sql: "SELECT * FROM voucher ORDER BY hash").map { row in
                try StoredVoucher(
                    id: VoucherHash(row.bytes32("hash")).id, capability: row.capability("capability"),
                    total: row.value("total"), remaining: row.value("remaining"), isRevoked: row.value("is_revoked"))
            }
        }
    }

    /// Makes a voucher worthless; throws ``VoucherLookupError``. Tokens that were fetched with it are not touched:
    /// nobody knows which they are.
    package func revokeVoucher(_ id: VoucherID) throws {
        try store.writeBlocking { db in
            try db.execute(
                sql: "UPDATE voucher SET is_revoked = 1 WHERE substr(hash, 1, \(VoucherID.count)) = ?",
                arguments: [Data(id.bytes)])
            guard db.changesCount > 0 else { throw VoucherLookupError.unknown }
            // Throwing takes the change back.
            guard db.changesCount == 1 else { throw VoucherLookupError.ambiguous }
        }
    }
}
