package import Disclosure
internal import SQLiteSupport

extension SQLiteSignInStore {
    /// What a service keeps of people who have no name. A table that a migration adds is declared here.
    package static let declaration = StoreDeclaration(
        "a service with accounts",
        tables: [
            DeclaredTable(
                "account_key", "Which key is whose", lifetime: "until the person erases the account", [
                    DeclaredColumn("digest", "hash of a public key that this service alone sees"),
                    DeclaredColumn("pseudonym", "what the service calls its holder, and no other service does"),
                    DeclaredColumn("is_replaced", "whether another key took its place"),
                ]),
            DeclaredTable(
                "answered", "Challenges that were answered, so that none is twice",
                lifetime: "a day beyond the end of the challenge", [
                    DeclaredColumn("expiry", "the end of the challenge, a whole minute"),
                    DeclaredColumn("nonce", "the challenge's random bytes"),
                ]),
        ])

    /// What is in a new database. Throws ``StoreError``.
    package static func freshHoldings() throws -> HeldTables {
        try SQLiteStore.freshHoldings(declaration, migrator: SignInSchema.migrator)
    }
}
