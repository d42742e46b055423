import Foundation
import Testing

@testable import portes

@Suite(.timeLimit(.minutes(5))) struct BenchCommandTests {
    private struct Row: Decodable {
        let name: String
        let us_per_token: Double
        let floor_us_per_token: Double
        let ratio: Double
    }

    @Test func figuresComeUnderTheNamesThatScriptsUse() throws {
        let run = try CommandRun(["bench", "--rounds", "1", "--json"])
        #expect(run.code == 0)
        let rows = try JSONDecoder().decode([Row].self, from: Data(run.output.utf8))
        #expect(
            rows.map(\.name) == [
                "blind", "issue-1", "issue-10", "issue-100", "finalize-100", "verify", "spend-1", "spend-100",
                "issue-rsa", "verify-rsa", "issue-p384", "verify-p384",
                "session", "session-bound", "sign-in", "log-unchanged", "log-3-entries",
            ])
        #expect(rows.allSatisfy { $0.us_per_token > 0 && $0.floor_us_per_token > 0 && $0.ratio > 0 })
    }

    @Test func figuresOfTheRevocationListComeUnderTheNamesThatScriptsUse() throws {
        struct Figure: Decodable { let name: String, value: Double, unit: String }
        let run = try CommandRun(["bench", "--revocations", "--entries", "2000", "--rounds", "1", "--json"])
        #expect(run.code == 0, "\(run.errors)")
        let figures = try JSONDecoder().decode([Figure].self, from: Data(run.output.utf8))
        #expect(
            figures.map(\.name) == [
                "revocation-memory", "revocation-lookup", "revocation-apply-1", "revocation-apply-10000",
                "revocation-delta-10000", "revocation-authority-start", "revocation-clearing-start",
            ])
        #expect(figures.dropFirst().allSatisfy { $0.value > 0 })
    }

    @Test func theLoadOfRealServersComesUnderTheNamesThatScriptsUse() throws {
        let run = try CommandRun(["bench", "--http", "--rounds", "1", "--tokens", "1000", "--json"])
        #expect(run.code == 0)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        let loads = ["http-issue-100", "http-redeem-1", "http-redeem-100", "http-issue-rsa-100"]
        #expect(rows.compactMap { $0["name"] as? String }.filter(loads.contains) == loads)
        for row in rows where loads.contains(row["name"] as? String ?? "") {
            #expect(row["server_us_per_token"] is Double && row["in_process_us_per_token"] is Double)
            #expect((row["latency_ms"] as? [String: Double])?.keys.sorted() == ["p50", "p99", "p99.9"])
            #expect(row["resident_mib"] is Double)
        }
        let beside = rows.filter { ($0["name"] as? String ?? "").hasSuffix("-beside-rsa") }
        #expect(beside.count == 2 && beside.allSatisfy { $0["p99_ratio"] is Double })
    }
}
