import AuthorityStore
import ClearingStore
import Disclosure
import Foundation
import GRDB
import OriginStorage
import SQLiteSupport
import SignInStorage
import TestSupport
import Testing
import WitnessStore

/// What is declared of each database is what the database has.
struct DeclarationTests {
    private static let all: [@Sendable () throws -> HeldTables] = [
        { try AuthorityDatabase.freshHoldings() }, { try ClearingDatabase.freshHoldings() },
        { try WitnessDatabase.freshHoldings() }, { try SQLiteSignInStore.freshHoldings() },
        { try SQLiteOriginStore.freshHoldings() },
    ]

    @Test(arguments: all.indices) func everyColumnOfANewDatabaseIsDeclaredWithPurposeAndLifetime(party: Int) throws {
        let held = try Self.all[party]()
        #expect(held.gaps.isEmpty, "\(held.gaps)")
        #expect(held.tables.count > 2)
        for column in held.tables.flatMap(\.columns) {
            #expect(column.purpose?.isEmpty == false && column.lifetime?.isEmpty == false, "\(column.name)")
        }
    }

    @Test func noTableOfPeopleOrTokensLiesInTheOrderInWhichRowsCame() throws {
        let ordered = try Self.all.flatMap { try $0().tables }.filter { $0.columns.contains { $0.name == "rowid" } }
        #expect(Set(ordered.map(\.name)) == ["grdb_migrations"])
    }

    private let declared = StoreDeclaration(
        "nobody",
        tables: [
            DeclaredTable("request", "r", lifetime: "l", [DeclaredColumn("hash", "h")]),
            DeclaredTable("spent_N", "s", lifetime: "l", [DeclaredColumn("nullifier", "n", lifetime: "m")]),
        ])
    private static let sound = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        CREATE TABLE request (hash BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID;
        CREATE TABLE spent_1 (nullifier BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID;
        """

    private func gaps(after change: String) throws -> [String] {
        let queue = try DatabaseQueue()
        return try queue.write { db in
            try db.execute(sql: Self.sound + change)
            return HeldTables(try LiveTable.all(db), declaration: declared).gaps.map(\.description)
        }
    }

    @Test(arguments: [
        ("", []),
        ("ALTER TABLE request ADD COLUMN address TEXT", ["request.address is not declared"]),
        ("CREATE TABLE account (name INTEGER PRIMARY KEY)", ["account.name is not declared"]),
        ("CREATE TABLE spent_23 (nullifier BLOB PRIMARY KEY NOT NULL, time) WITHOUT ROWID",
            ["spent_23.time is not declared"]),
        ("CREATE TABLE spent_23 (other BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID",
            ["spent_23.other is not declared", "spent_23.nullifier is declared and is not there"]),
        ("CREATE TABLE spent_ (nullifier BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID", ["spent_.nullifier is not declared"]),
        ("CREATE TABLE spent_1x (nullifier BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID",
            ["spent_1x.nullifier is not declared"]),
        ("CREATE TABLE SPENT_2 (nullifier BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID",
            ["SPENT_2.nullifier is not declared"]),
        ("DROP TABLE spent_1", []),
        ("DROP TABLE request", ["request.hash is declared and is not there"]),
        // Rows in the order in which they came.
        ("DROP TABLE request; CREATE TABLE request (hash BLOB PRIMARY KEY NOT NULL)", ["request.rowid is not declared"]),
        ("CREATE VIEW daily AS SELECT hash FROM request", ["daily.hash is not declared"]),
        ("ALTER TABLE request ADD COLUMN day GENERATED ALWAYS AS (hash) VIRTUAL", ["request.day is not declared"]),
        ("CREATE TABLE counter (n INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counter DEFAULT VALUES",
            ["counter.n is not declared", "sqlite_sequence.rowid is not declared",
                "sqlite_sequence.name is not declared", "sqlite_sequence.seq is not declared"]),
        // What it samples of the rows.
        ("INSERT INTO request VALUES (x'01'); ANALYZE", ["sqlite_stat1"]),
    ] as [(String, [String])])
    func whatIsNotDeclaredIsFound(change: String, gaps expected: [String]) throws {
        let found = try gaps(after: change)
        guard expected != ["sqlite_stat1"] else { return #expect(found.contains { $0.hasPrefix("sqlite_stat1.") }) }
        #expect(found == expected)
    }

    @Test func theSameIsPublishedForAllTablesThatAreDeclaredTogether() throws {
        let one = LiveTable("spent_1", columns: ["nullifier"])
        let published = try [[], [one], [one, LiveTable("spent_2", columns: ["nullifier"])]].map { spent in
            try WhatWeHold(HeldTables(spent, declaration: declared))
        }
        #expect(Set(published).count == 1)
        #expect(String(decoding: published[0].json.bytes, as: UTF8.self).contains("\"name\":\"spent_N\""))
    }

    @Test func aPageShowsEveryColumnAndNothingThatANameCouldPlant() throws {
        let live = [LiveTable("request", columns: ["hash", "<script>\"&"])]
        let page = String(decoding: try WhatWeHold(HeldTables(live, declaration: declared)).page.bytes, as: UTF8.self)
        #expect(page.contains("<tr><td>hash</td><td>h</td><td>l</td></tr>"))
        #expect(page.contains("<td>&lt;script&gt;&quot;&amp;</td><td>not declared</td>"))
        #expect(!page.contains("<script>"))
    }
}
