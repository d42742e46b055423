import AuthorityStore
import ClearingStore
import Disclosure
import Foundation
import OriginStorage
import SQLiteSupport
import SignInStorage
import WitnessStore

/// What one database holds.
struct StoreAudit: Encodable {
    let side: String
    /// Where it lies; nothing for one that was made to be looked at.
    let database: String?
    private let holder: String
    private let held: HeldTables

    private init(_ side: StoreSide, database: String?, _ held: HeldTables) {
        self.side = side.rawValue
        self.database = database
        holder = held.declaration.holder
        self.held = held
    }

    /// New databases of every party.
    static func fresh() throws -> [StoreAudit] {
        try StoreSide.allCases.map { try StoreAudit($0, database: nil, $0.freshHoldings()) }
    }

    /// The databases in a directory and in those right below it.
    static func all(in directory: String) throws -> [StoreAudit] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory).sorted()) ?? []
        let audits = try ([directory] + names.map { directory + "/" + $0 }).flatMap(databases)
        guard !audits.isEmpty else {
            throw CommandFailure("there is no database in \(directory)", hint: "name a data directory with --data")
        }
        return audits
    }

    private static func databases(in directory: String) throws -> [StoreAudit] {
        try StoreSide.allCases.compactMap { side in
            let path = directory + "/" + side.databaseName
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let held = try SQLiteStore.holdings(side.declaration, atPath: path, side: side)
            return StoreAudit(side, database: path, held)
        }
    }

    /// What is not as it is declared, a line each.
    var gaps: [String] { held.gaps.map { "\(side): \($0)" } }

    /// Prints the tables for people.
    func print() throws {
        try Output.data("\(holder)\(database.map { ", \($0)" } ?? "")")
        let rows = held.tables.flatMap { table in
            [[table.name, table.purpose ?? "not declared", table.lifetime ?? ""]]
                + table.columns.map { ["  " + $0.name, $0.purpose ?? "not declared", $0.lifetime ?? ""] }
        }
        try Table(["TABLE", "PURPOSE", "KEPT"], rows).print()
        try Output.data("")
    }

    private enum CodingKeys: CodingKey { case side, database, tables }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(side, forKey: .side)
        try container.encodeIfPresent(database, forKey: .database)
        try container.encode(held.tables, forKey: .tables)
    }
}

extension StoreSide {
    /// What the code says the side's database holds.
    fileprivate var declaration: StoreDeclaration {
        switch self {
        case .authority: AuthorityDatabase.declaration
        case .clearing: ClearingDatabase.declaration
        case .witness: WitnessDatabase.declaration
        case .signIn: SQLiteSignInStore.declaration
        case .origin: SQLiteOriginStore.declaration
        }
    }

    fileprivate func freshHoldings() throws -> HeldTables {
        switch self {
        case .authority: try AuthorityDatabase.freshHoldings()
        case .clearing: try ClearingDatabase.freshHoldings()
        case .witness: try WitnessDatabase.freshHoldings()
        case .signIn: try SQLiteSignInStore.freshHoldings()
        case .origin: try SQLiteOriginStore.freshHoldings()
        }
    }
}
