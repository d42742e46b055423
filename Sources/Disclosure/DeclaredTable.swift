/// A table as the code that makes it says what it is for. Kept beside the schema; held against the live one.
package struct DeclaredTable: Sendable, Hashable {
    /// The table's name; at its end `_N` stands for any number, for tables that are made as they are needed.
    package let name: String
    /// What its rows are.
    package let purpose: String
    /// How long a row stays.
    package let lifetime: String
    /// Its columns. A table whose rows lie in the order in which they came has a column `rowid`, or an integer that
    /// stands for it, and has to say so too: that order is a clock.
    package let columns: [DeclaredColumn]

    /// A table of this name.
    package init(_ name: String, _ purpose: String, lifetime: String, _ columns: [DeclaredColumn]) {
        (self.name, self.purpose, self.lifetime, self.columns) = (name, purpose, lifetime, columns)
    }

    /// Whether a table that is there is this one, or one of these.
    package func matches(_ other: String) -> Bool {
        guard isPattern else { return other == name }
        let number = other.dropFirst(name.utf8.count - 1)
        return other.hasPrefix(name.dropLast()) && !number.isEmpty
            && number.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }

    /// Whether any number of tables is meant, none among them.
    package var isPattern: Bool { name.hasSuffix("_N") }

    /// What the library that moves schemas on keeps in every database.
    package static let migrations = DeclaredTable(
        "grdb_migrations", "Which versions of the tables were made", lifetime: Lifetime.always,
        [
            DeclaredColumn("rowid", "the order of the versions"),
            DeclaredColumn("identifier", "a version's name"),
        ])
}

/// A column of a ``DeclaredTable``.
package struct DeclaredColumn: Sendable, Hashable {
    /// The column's name.
    package let name: String
    /// What is in it.
    package let purpose: String
    /// How long it stays, where that is not as long as the row.
    package let lifetime: String?

    /// A column of this name.
    package init(_ name: String, _ purpose: String, lifetime: String? = nil) {
        (self.name, self.purpose, self.lifetime) = (name, purpose, lifetime)
    }
}

/// Lifetimes that several tables have.
package enum Lifetime {
    /// Never removed.
    package static let always = "as long as the database"
    /// Removed with a key.
    package static let keyEnd = "24 hours beyond the end of the key's acceptance"
}
