package import Disclosure
internal import SQLiteSupport

extension WitnessDatabase {
    /// What a witness keeps. A table that a migration adds is declared here.
    package static let declaration = StoreDeclaration(
        "a witness",
        tables: [
            DeclaredTable("pin", "What this witness is", lifetime: Lifetime.always, [
                DeclaredColumn("name", "a setting's name"),
                DeclaredColumn("value", "the witness's name, its public key, where the database was made"),
            ]),
            DeclaredTable("log", "What was cosigned last of each log", lifetime: Lifetime.always, [
                DeclaredColumn("origin", "the log's name"), DeclaredColumn("size", "how many entries it had"),
                DeclaredColumn("root", "hash of it"), DeclaredColumn("time", "when it was cosigned"),
            ]),
        ],
        besides: [.init("witness.key", "its secret key", lifetime: Lifetime.always), .log, .metrics])

    /// What is in a new database. Throws ``StoreError``.
    package static func freshHoldings() throws -> HeldTables {
        try SQLiteStore.freshHoldings(declaration, migrator: WitnessSchema.migrator)
    }
}
