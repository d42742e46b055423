/// A table that is there, with its columns in their order.
package struct LiveTable: Sendable, Hashable {
    /// The table's name.
    package let name: String
    /// The columns' names; with `rowid` where rows lie in the order in which they came, unless another column says
    /// that.
    package let columns: [String]

    /// A table of this name.
    package init(_ name: String, columns: [String]) { (self.name, self.columns) = (name, columns) }
}

/// What is in a live database: every table and column that is there, with what the declaration says of it.
package struct HeldTables: Sendable, Hashable {
    /// The tables, in the order of their names.
    package let tables: [HeldTable]
    /// Where the declaration and the database differ.
    package let gaps: [DeclarationGap]
    /// What is kept besides, as it is declared.
    package let declaration: StoreDeclaration

    /// Holds live tables against a declaration.
    package init(_ live: [LiveTable], declaration: StoreDeclaration) {
        var gaps: [DeclarationGap] = []
        tables = live.sorted { $0.name < $1.name }.map { table in
            let declared = declaration.tables.first { $0.matches(table.name) }
            let held = HeldTable(table, declared)
            gaps += held.columns.filter { $0.purpose == nil }.map { .undeclared(table: table.name, column: $0.name) }
            let absent = (declared?.columns ?? []).filter { !table.columns.contains($0.name) }
            gaps += absent.map { .absent(table: table.name, column: $0.name) }
            return held
        }
        for table in declaration.tables where !table.isPattern && !live.contains(where: { table.matches($0.name) }) {
            gaps += table.columns.map { .absent(table: table.name, column: $0.name) }
        }
        self.gaps = gaps
        self.declaration = declaration
    }
}

/// A table that is there, with what is declared of it; nothing where it is not declared.
package struct HeldTable: Sendable, Hashable, Encodable {
    /// The table's name.
    package let name: String
    /// The name under which it is declared, which may stand for several; its own where it is not.
    package let declaredName: String
    /// What its rows are.
    package let purpose: String?
    /// How long a row stays.
    package let lifetime: String?
    /// Its columns.
    package let columns: [Column]

    /// A column that is there.
    package struct Column: Sendable, Hashable, Encodable {
        /// The column's name.
        package let name: String
        /// What is in it; nothing where it is not declared.
        package let purpose: String?
        /// How long it stays.
        package let lifetime: String?
    }

    init(_ table: LiveTable, _ declared: DeclaredTable?) {
        self.init(
            name: table.name, declaredName: declared?.name ?? table.name, purpose: declared?.purpose,
            lifetime: declared?.lifetime,
            columns: table.columns.map { name in
                let column = declared?.columns.first { $0.name == name }
                return Column(
                    name: name, purpose: column?.purpose, lifetime: column.flatMap { $0.lifetime ?? declared?.lifetime })
            })
    }

    init(name: String, declaredName: String, purpose: String?, lifetime: String?, columns: [Column]) {
        (self.name, self.declaredName, self.purpose) = (name, declaredName, purpose)
        (self.lifetime, self.columns) = (lifetime, columns)
    }

    private enum CodingKeys: CodingKey { case name, purpose, lifetime, columns }
}

/// A place where a database is not what is declared.
package enum DeclarationGap: Sendable, Hashable, CustomStringConvertible {
    /// A column is there that nobody declared.
    case undeclared(table: String, column: String)
    /// A column is declared and is not there.
    case absent(table: String, column: String)

    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .undeclared(let table, let column): "\(table).\(column) is not declared"
        case .absent(let table, let column): "\(table).\(column) is declared and is not there"
        }
    }
}
