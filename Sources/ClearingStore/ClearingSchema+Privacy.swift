package import Disclosure
internal import SQLiteSupport

extension ClearingDatabase {
    /// What a clearing server keeps. A table that a migration adds is declared here.
    package static let declaration = StoreDeclaration(
        "a clearing server", tables: ledgerTables + [closedSessions] + replicaTables,
        besides: [
            .init(
                "key files", "its own secret keys: one opens the keys delivered to it, the others sign receipts, counts and sessions",
                lifetime: Lifetime.always),
            .log, .metrics,
        ])

    /// No time of a spend, no address, no account.
    private static let ledgerTables = [
        DeclaredTable("spent_N", "Tokens of one key that were spent, each of them once", lifetime: Lifetime.keyEnd, [
            DeclaredColumn("nullifier", "hash of the token, which nobody has seen before it was spent"),
            DeclaredColumn(
                "binding", "hash of what it was spent for, under a key that is not here: recognises a repeated request"),
        ]),
        DeclaredTable("ledger", "Which keys tokens were or are spent under", lifetime: Lifetime.always, [
            DeclaredColumn("number", "the N of the key's table, in the order of keys"),
            DeclaredColumn("key_id", "the key"), DeclaredColumn("accept_until", "when its tokens are accepted no more"),
            DeclaredColumn("final_count", "how many were spent, of everybody together, once it is over"),
            DeclaredColumn("is_lower_bound", "whether a restore lost some of them"),
            DeclaredColumn("count_state", "whether the authority has heard of the count"),
        ]),
        DeclaredTable("restore_floor", "Until when keys are refused after a restore", lifetime: Lifetime.always, [
            DeclaredColumn("only", "1"), DeclaredColumn("time", "the authority's time at the restore"),
        ]),
    ]

    private static let closedSessions = DeclaredTable(
        "closed_session", "Sessions that their bearers closed before the end", lifetime: "a day beyond the session's end, longer while the clock is in doubt", [
            DeclaredColumn("id", "the session's name, a keyed hash that leads to no token"),
            DeclaredColumn("expiry", "when the session ends, a whole five minutes for everyone"),
        ])

    private static let replicaTables = [
        DeclaredTable("pin", "What this server is for", lifetime: Lifetime.always, [
            DeclaredColumn("name", "a setting's name"),
            DeclaredColumn("value", "the origin's name, the issuer's name, the public keys of the authority and of sessions"),
        ]),
        DeclaredTable("delivery", "The keys that the authority sealed for this server", lifetime: untilNext, [
            DeclaredColumn("only", "1"), DeclaredColumn("sequence", "how often it has changed"),
            DeclaredColumn("document", "the keys, sealed, as they were signed"),
        ]),
        DeclaredTable("revocation_delta", "The revocation list, which is public", lifetime: Lifetime.always, [
            DeclaredColumn("after", "the place in the list"), DeclaredColumn("delta", "entries of it"),
        ]),
        DeclaredTable("revocation_head", "The newest signed state of that list", lifetime: untilNext, [
            DeclaredColumn("only", "1"), DeclaredColumn("size", "how many entries it has"),
            DeclaredColumn("root", "hash of it"), DeclaredColumn("time", "when the authority signed it"),
        ]),
    ]

    private static let untilNext = "until the next one comes"

    /// What is in the database now. Blocks; throws ``StoreError``.
    package func holdings() throws -> HeldTables { try store.holdings(Self.declaration) }

    /// What is in a new database, once a key was delivered. Throws ``StoreError``.
    package static func freshHoldings() throws -> HeldTables {
        try SQLiteStore.freshHoldings(declaration, migrator: ClearingSchema.migrator) { db in
            try ClearingSchema.createSpent(db, number: 1)
        }
    }
}
