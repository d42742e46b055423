internal import GRDB
package import PortesVerifier
package import PrivacyPass
internal import SQLiteSupport

/// What a data directory is for. Tokens are bound to these, so a ledger means nothing under others; until the authority
/// has sent anything, a mistake can still be put right.
package struct ClearingPins: Sendable, Hashable {
    /// The origin's name, as challenges and receipts carry it.
    package let origin: ServerName
    /// What tokens have to be bound to.
    package let scope: TokenScope
    /// The key with which the authority signs what it delivers; `nil` for the one that is pinned already, or will be
    /// with ``ClearingDatabase/trust(_:)``.
    package let authority: AuthorityKey?

    /// Pins for a data directory.
    package init(origin: ServerName, scope: TokenScope, authority: AuthorityKey?) {
        self.origin = origin
        self.scope = scope
        self.authority = authority
    }

    /// Keeps the pins; throws ``ClearingStoreError/pinned(name:value:asked:)`` for others than those kept, once
    /// anything was received under them. Answers the authority's key, if one is pinned.
    func check(_ db: Database) throws -> AuthorityKey? {
        try Self.pin(db, "origin", origin.text, replacingIf: !Self.hasReceived(db))
        try Self.pin(db, "scope", scope.rawValue, replacingIf: !Self.hasReceived(db))
        if let authority { try Self.pin(db, "authority", authority.text, replacingIf: !Self.hasReceived(db)) }
        return try Self.value(db, "authority").flatMap { AuthorityKey(text: $0) }
    }

    /// Keeps the issuer's name, which the authority may correct as long as no token was spent here.
    static func pinIssuer(_ db: Database, _ name: String) throws {
        try pin(db, "issuer", name, replacingIf: !hasSpent(db))
    }

    /// Keeps one value; where another one is kept, replaces it if it may be, or throws.
    static func pin(
        _ db: Database, _ name: String, _ value: String, replacingIf mayReplace: @autoclosure () throws -> Bool
    ) throws {
        if let kept = try Self.value(db, name), kept != value, try !mayReplace() {
            throw ClearingStoreError.pinned(name: name, value: kept, asked: value)
        }
        try db.execute(sql: "INSERT OR REPLACE INTO pin VALUES (?, ?)", arguments: [name, value])
    }

    /// Whether keys, a revocation list or anything else of an authority is here; without keys nothing was spent.
    private static func hasReceived(_ db: Database) throws -> Bool {
        for table in ["delivery", "ledger", "revocation_delta", "revocation_head"] {
            if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") == true { return true }
        }
        return false
    }

    /// Whether any token was ever spent here.
    private static func hasSpent(_ db: Database) throws -> Bool {
        for row in try Row.fetchAll(db, sql: "SELECT number, final_count FROM ledger") {
            if let count = try row.value("final_count", as: Int64?.self) {
                if count > 0 { return true }
                continue
            }
            let table = try ClearingSchema.spent(row.value("number"))
            if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") == true { return true }
        }
        return false
    }

    /// The value that is kept under a name, or `nil`.
    static func value(_ db: Database, _ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM pin WHERE name = ?", arguments: [name])
    }
}
