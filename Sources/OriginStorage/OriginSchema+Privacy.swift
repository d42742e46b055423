package import Disclosure
internal import SQLiteSupport

extension SQLiteOriginStore {
    /// What an app's backend keeps of tokens and sessions. A table that a migration adds is declared here.
    package static let declaration = StoreDeclaration(
        "an app's backend",
        tables: [
            DeclaredTable("spent", "Tokens that were spent, each of them once", lifetime: Lifetime.keyEnd, [
                DeclaredColumn("key_id", "the key that made it"),
                DeclaredColumn("nullifier", "hash of the token, which nobody has seen before it was spent"),
                DeclaredColumn(
                    "binding", "hash of what it was spent for, under a key that is not here: recognises a repeated request"),
            ]),
            DeclaredTable("spent_key", "Which keys tokens were or are spent under", lifetime: Lifetime.always, [
                DeclaredColumn("key_id", "the key"),
                DeclaredColumn("accept_until", "when its tokens are accepted no more"),
                DeclaredColumn("is_over", "whether that is over for good"),
            ]),
            DeclaredTable(
                "closed_session", "Sessions that their bearers closed before the end",
                lifetime: "a week beyond the session's end", [
                    DeclaredColumn("id", "the session's name, a keyed hash that leads to no token"),
                    DeclaredColumn("expiry", "when the session ends, a whole five minutes for everyone"),
                ]),
            DeclaredTable("session_key", "Which key signs sessions", lifetime: Lifetime.always, [
                DeclaredColumn("only", "1"), DeclaredColumn("public_key", "the public half of it"),
            ]),
        ],
        besides: [.init("sessions.key", "the key that signs sessions", lifetime: Lifetime.always)])

    /// What is in a new database. Throws ``StoreError``.
    package static func freshHoldings() throws -> HeldTables {
        try SQLiteStore.freshHoldings(declaration, migrator: OriginSchema.migrator)
    }
}
