internal import GRDB
package import PortesVerifier
package import PrivacyPass

/// What a data directory is for. Tokens are bound to these, so a ledger means nothing under others.
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

    /// Keeps the pins with the first start; later throws ``ClearingStoreError/pinned(name:value:asked:)`` for others.
    /// Answers the authority's key, if one is pinned.
    func check(_ db: Database) throws -> AuthorityKey? {
        try Self.pin(db, "origin", origin.text)
        try Self.pin(db, "scope", scope.rawValue)
        if let authority { try Self.pin(db, "authority", authority.text) }
        return try Self.value(db, "authority").flatMap { AuthorityKey(text: $0) }
    }

    /// Keeps one value, or throws if another one is kept.
    static func pin(_ db: Database, _ name: String, _ value: String) throws {
        try db.execute(sql: "INSERT INTO pin VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [name, value])
        let kept = try Self.value(db, name) ?? ""
        guard kept == value else { throw ClearingStoreError.pinned(name: name, value: kept, asked: value) }
    }

    private static func value(_ db: Database, _ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM pin WHERE name = ?", arguments: [name])
    }
}
