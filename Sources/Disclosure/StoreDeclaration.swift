/// Everything that one party keeps, as the code says it.
package struct StoreDeclaration: Sendable, Hashable {
    /// Whose it is, in words.
    package let holder: String
    /// The tables of its database.
    package let tables: [DeclaredTable]
    /// What it keeps besides.
    package let besides: [Besides]

    /// Something that is kept, and is not in the database.
    package struct Besides: Sendable, Hashable, Encodable {
        /// Where it is.
        package let name: String
        /// What it is.
        package let purpose: String
        /// How long it stays.
        package let lifetime: String

        /// Something of this name.
        package init(_ name: String, _ purpose: String, lifetime: String) {
            (self.name, self.purpose, self.lifetime) = (name, purpose, lifetime)
        }
    }

    /// What a party keeps; to the tables are added those that every database has.
    package init(_ holder: String, tables: [DeclaredTable], besides: [Besides] = []) {
        self.holder = holder
        self.tables = tables + [.migrations]
        self.besides = besides
    }
}

extension StoreDeclaration.Besides {
    /// What servers write to standard error.
    package static let log = StoreDeclaration.Besides(
        "log lines", "starts, failures and what admins did; no line for a request, no address, no content",
        lifetime: "as the operator keeps standard error")
    /// What servers count.
    package static let metrics = StoreDeclaration.Besides(
        "metrics", "how many requests of each route and status, and how long they took; no address, no content",
        lifetime: "in memory, until the process ends")
}
