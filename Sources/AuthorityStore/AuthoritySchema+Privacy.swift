package import Disclosure
import SQLiteSupport

extension AuthorityDatabase {
    /// What a token authority keeps. A table that a migration adds is declared here.
    package static let declaration = StoreDeclaration(
        "a token authority", tables: keyTables + chargeTables + AccountSchema.tables + recoveryTables + verifierTables + publishedTables,
        besides: [
            .init("key directory", "the secrets of keys, sealed", lifetime: Lifetime.keyEnd), .log, .metrics,
        ])

    private static let keyTables = [
        DeclaredTable("setting", "What the authority is called and signs with", lifetime: Lifetime.always, [
            DeclaredColumn("name", "a setting's name"),
            DeclaredColumn("value", "the issuer's name, public keys, how far housekeeping came"),
        ]),
        DeclaredTable("token_key", "The public halves of keys, which are published", lifetime: Lifetime.always, [
            DeclaredColumn("id", "hash of the public key"), DeclaredColumn("capability", "what its tokens are good for"),
            DeclaredColumn("token_type", "the kind of its tokens"), DeclaredColumn("public_key", "the public key"),
            DeclaredColumn("truncated", "the last byte of the id, as requests name it", lifetime: Lifetime.keyEnd),
            DeclaredColumn("not_before", "when it begins to issue"),
            DeclaredColumn("issue_until", "when it ends to issue"),
            DeclaredColumn("accept_until", "when its tokens are accepted no more"),
            DeclaredColumn("is_retired", "whether it shall have no successor"),
            DeclaredColumn("issued", "how many tokens were issued under it, to everybody together"),
            DeclaredColumn("is_closed", "whether requests under it were forgotten, for good"),
        ]),
    ]

    /// No row says which voucher paid for which request, and none has a time.
    private static let chargeTables = [
        DeclaredTable("voucher", "Bearer codes that are worth tokens; not whose they are", lifetime: Lifetime.always, [
            DeclaredColumn("hash", "hash of 160 random bits: the code cannot be found from it"),
            DeclaredColumn("capability", "what its tokens are good for"),
            DeclaredColumn("total", "how many tokens it was made for"),
            DeclaredColumn("remaining", "how many it is still worth"),
            DeclaredColumn("is_revoked", "whether an admin revoked it"),
        ]),
        DeclaredTable(
            "request", "Requests that were paid, so that a repeated one costs nothing", lifetime: Lifetime.keyEnd, [
                DeclaredColumn("hash", "hash of the blinded request, which fits every token"),
                DeclaredColumn("key_id", "the key it was for"),
            ]),
        DeclaredTable(
            "drawn", "What a voucher drew under a key, for quotas and to give it back", lifetime: Lifetime.keyEnd, [
                DeclaredColumn("key_id", "the key"), DeclaredColumn("voucher", "the voucher's hash"),
                DeclaredColumn("tokens", "how many tokens, in all requests together"),
            ]),
    ]

    private static let recoveryTables = [
        DeclaredTable(
            "recovery_record", "What brings tokens back to somebody who lost a device", lifetime: Lifetime.keyEnd, [
                DeclaredColumn("lookup", "a name that follows from a secret this server does not have"),
                DeclaredColumn("key_id", "the key it was for"),
                DeclaredColumn("sealed", "what the device sealed for itself; unreadable here"),
            ]),
        DeclaredTable("recovery_count", "How many records each payer has kept", lifetime: Lifetime.keyEnd, [
            DeclaredColumn("key_id", "the key"), DeclaredColumn("payer", "the voucher's hash, or the account's key"),
            DeclaredColumn("records", "how many; no row says which"),
        ]),
    ]

    private static let verifierTables = [
        DeclaredTable("verifier", "Clearing servers that get keys", lifetime: untilRemoved, [
            DeclaredColumn("id", "hash of its identity key"), DeclaredColumn("name", "what the admin calls it"),
            DeclaredColumn("identity_key", "its public key, for which keys are sealed"),
            DeclaredColumn("sequence", "how often its delivery has changed"),
            DeclaredColumn("count_key", "its public key for counts"),
            DeclaredColumn("is_public_only", "whether it gets public keys alone"),
        ]),
        DeclaredTable("verifier_capability", "Which keys a clearing server gets", lifetime: untilRemoved, [
            DeclaredColumn("verifier_id", "the clearing server"), DeclaredColumn("capability", "a capability"),
        ]),
        DeclaredTable("delivery", "Keys on their way to clearing servers", lifetime: Lifetime.keyEnd, [
            DeclaredColumn("verifier_id", "the clearing server"), DeclaredColumn("key_id", "the key"),
            DeclaredColumn("sealed", "its secret, sealed for that server"),
        ]),
        DeclaredTable("redeemed_count", "What clearing servers redeemed of ended keys", lifetime: Lifetime.always, [
            DeclaredColumn("verifier_id", "the clearing server"), DeclaredColumn("key_id", "the key"),
            DeclaredColumn("count", "how many tokens, of everybody together"),
            DeclaredColumn("statement", "the same, signed by that server"),
        ]),
    ]

    private static let publishedTables = [
        DeclaredTable("revocation", "The revocation list, which is published", lifetime: Lifetime.always, [
            DeclaredColumn("sequence", "the place in the list"),
            DeclaredColumn("subject", "a key, a capability, a clearing server, or a token's nullifier"),
            DeclaredColumn("entry", "the entry, with a reason and a day"), DeclaredColumn("root", "hash of the list so far"),
        ]),
        DeclaredTable("log", "The key log and the log of revocations, which are published", lifetime: Lifetime.always, [
            DeclaredColumn("number", "which log"), DeclaredColumn("size", "how many entries it has"),
            DeclaredColumn("edge", "hashes of its entries"), DeclaredColumn("checkpoint", "its newest signed state"),
        ]),
        DeclaredTable("log_entry", "What stands in a log", lifetime: Lifetime.always, [
            DeclaredColumn("log", "which log"), DeclaredColumn("place", "the place in it"),
            DeclaredColumn("entry", "a change of keys, or a state of the revocation list"),
        ]),
        DeclaredTable("log_tile", "Hashes of what stands in a log", lifetime: Lifetime.always, [
            DeclaredColumn("log", "which log"), DeclaredColumn("level", "the height in its tree"),
            DeclaredColumn("place", "the place at that height"), DeclaredColumn("hashes", "hashes of entries"),
        ]),
    ]

    private static let untilRemoved = "until an admin removes the clearing server"

    /// What is in the database now. Blocks; throws ``StoreError``.
    package func holdings() throws -> HeldTables { try store.holdings(Self.declaration) }

    /// What is in a new database. Throws ``StoreError``.
    package static func freshHoldings() throws -> HeldTables {
        try SQLiteStore.freshHoldings(declaration, migrator: AuthoritySchema.migrator)
    }
}
