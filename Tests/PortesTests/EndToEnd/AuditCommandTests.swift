import Foundation
import GRDB
import HTTPTransport
import LibSodium
import OriginStorage
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// `portes audit privacy` and `GET /what-we-hold` against real servers and their databases.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AuditCommandTests {
    private struct Audit: Decodable {
        let side: String
        let database: String?
        let tables: [HeldTable]
    }

    private struct HeldTable: Decodable {
        let name: String
        let columns: [Column]
    }

    private struct Column: Decodable, Hashable {
        let name: String
        let purpose: String
        let lifetime: String
    }

    private func audits(_ run: CommandRun) throws -> [Audit] {
        #expect(run.code == 0, "\(run.errors)")
        return try JSONDecoder().decode([Audit].self, from: Data(run.output.utf8))
    }

    @Test func newDatabasesOfEveryPartyAreShown() throws {
        let shown = try audits(CommandRun(["audit", "privacy", "--json"]))
        #expect(shown.map(\.side) == ["authority", "clearing", "witness", "sign-in", "origin"])
        let text = try CommandRun(["audit", "privacy"]).output
        for table in shown.flatMap(\.tables) {
            #expect(text.contains("\n\(table.name) "))
            for column in table.columns { #expect(text.contains("  \(column.name) "), "\(column.name)") }
        }
    }

    @Test func databasesInUseAreShownAndPublishedAsTheyAre() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            #expect(try await app.redeem(token, binding: Randomness.bytes(32)).outcome == "spent")
            let shown = try audits(CommandRun(["audit", "privacy", "--json", "--data", place.root.path]))
            #expect(shown.map(\.side) == ["authority", "clearing"])
            #expect(shown[1].tables.contains { $0.name == "spent_1" })
            let one = try audits(CommandRun(["audit", "privacy", "--json", "--data", place.clearingData]))
            #expect(one.map(\.side) == ["clearing"])

            for (url, audit) in zip([servers.authorityURL, servers.clearingURL], shown) {
                let published = try await publication(url)
                let names = audit.tables.map { $0.name == "spent_1" ? "spent_N" : $0.name }
                #expect(Set(published.map(\.name)) == Set(names))
                #expect(Set(published.flatMap(\.columns)) == Set(audit.tables.flatMap(\.columns)))
            }
            // Nobody noticed, and the servers go on.
            let next = try await app.tokens(1, place)[0]
            #expect(try await app.redeem(next, binding: Randomness.bytes(32)).outcome == "spent")
        }
    }

    private struct Publication: Decodable { let tables: [HeldTable] }

    /// What a server publishes, in both forms; the same bytes whoever asks.
    private func publication(_ url: String) async throws -> [HeldTable] {
        let transport = try HTTPTransport()
        func ask(_ headers: [(name: String, value: String)], query: String = "") async throws -> HTTPTransportResponse {
            try await transport.send(
                HTTPTransportRequest(.get, .url(url + "/what-we-hold" + query), headers: headers))
        }
        let json = try await ask([])
        let browser = [("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
        let page = try await ask(browser)
        let others = try await [
            ask([("accept", "*/*")]), ask([("accept", "text/html;q=0, */*")]),
            ask([("accept", "application/json, text/html;q=0.5")]),
            ask([("user-agent", "someone"), ("cookie", "a=b")], query: "?who=me"),
        ]
        #expect(others.allSatisfy { $0.body == json.body && $0.header("etag") == json.header("etag") })
        #expect(json.header("content-type") == "application/json" && json.header("vary") == "Accept")
        #expect(page.header("content-type") == "text/html; charset=utf-8")
        for answer in [json, page] {
            #expect(answer.status == 200)
            let tag = try #require(answer.header("etag"))
            #expect(tag == "\"\(Hexadecimal.encode(SHA256.hash(answer.body).bytes))\"")
            let again = try await ask([("if-none-match", tag)] + (answer.body == page.body ? browser : []))
            #expect(again.status == 304 && again.body.isEmpty)
        }
        await transport.shutdown()
        let tables = try JSONDecoder().decode(Publication.self, from: Data(json.body)).tables
        for column in tables.flatMap(\.columns) { #expect(page.text.contains("<td>\(column.name)</td>")) }
        return tables
    }

    @Test(arguments: ["authority", "clearing", "witness", "sign-in", "origin"])
    func aColumnThatNobodyDeclaredIsNamedAndTheCommandFails(side: String) async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let (directory, table) = try await make(side, in: place)
        #expect(try CommandRun(["audit", "privacy", "--data", directory]).code == 0)
        let queue = try DatabaseQueue(path: "\(directory)/\(side).sqlite")
        try await queue.write { try $0.execute(sql: "ALTER TABLE \"\(table)\" ADD COLUMN address TEXT") }
        try queue.close()
        let run = try CommandRun(["audit", "privacy", "--data", directory])
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("portes: error: \(side): \(table).address is not declared\n"), "\(run.errors)")
        #expect(run.output.contains("address"))
        let json = try CommandRun(["audit", "privacy", "--data", directory, "--json"])
        #expect(json.code == 1 && json.output.contains("\"address\""))
    }

    @Test func whatIsNoDatabaseOfThisProgramIsRefused() throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let nothing = try CommandRun(["audit", "privacy", "--data", place.root.path])
        #expect(nothing.code == 1 && nothing.errors.contains("there is no database in \(place.root.path)"))
        try place.write("not a database, whatever it is called", to: "clearing.sqlite")
        let other = try CommandRun(["audit", "privacy", "--data", place.root.path])
        #expect(other.code == 1 && other.errors.contains("is not a database of this program"), "\(other.errors)")
    }

    /// A database of a party, and one of its tables.
    private func make(_ side: String, in place: DemoDirectory) async throws -> (directory: String, table: String) {
        let directory = place.root.path + "/" + side
        switch side {
        case "authority":
            _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            return (directory, "request")
        case "clearing":
            let servers = try await DemoServers.start(in: place)
            await servers.stop()
            return (directory, "spent_1")
        case "witness":
            _ = try await ChildProcess.run(["witness", "identity", "--name", "w.example/1", "--data", directory])
            return (directory, "log")
        case "origin":
            try SQLiteOriginStore(directory: directory).close()
            return (directory, "spent")
        default:
            try await DemoService.serving(accountsIn: directory) { _ in }
            return (directory, "account_key")
        }
    }
}
