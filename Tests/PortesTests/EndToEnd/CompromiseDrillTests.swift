import Foundation
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// What an admin types when others may have a key, from end to end.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompromiseDrillTests {
    private struct Voucher: Decodable { let remaining: Int }

    private func remaining(_ place: DemoDirectory) throws -> [Int] {
        let list = try CommandRun(["voucher", "list", "--json"] + place.adminFlags)
        return try JSONDecoder().decode([Voucher].self, from: Data(list.output.utf8)).map(\.remaining)
    }

    /// The output without ids, dates and numbers that differ from run to run.
    private func transcript(_ text: String) -> String {
        text.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "DATE").replacing(/key [0-9a-f]{16}/, with: "key ID")
    }

    @Test func theDrill() async throws {
        try await withServers { servers, app, place in
            let tokens = try await app.tokens(10, place)
            #expect(try await app.redeem(tokens[0], binding: Randomness.bytes(32)).outcome == "spent")
            #expect(try remaining(place) == [0])
            let id = tokens[0].input.keyID.hexadecimal
            let revoke = ["key", "revoke", String(id.prefix(8)), "--compromised"] + place.adminFlags

            let preview = try CommandRun(revoke + ["--dry-run"])
            #expect(preview.code == 0 && preview.errors.isEmpty)
            #expect(
                transcript(preview.output) == """
                    key ID of session would be revoked: none of the 10 tokens issued under it would be accepted
                    a new key issues in its place from DATE until DATE
                    10 tokens go back to 1 voucher, spent ones too
                    clearing servers that have the key: demo

                    """)
            // Nothing was done.
            #expect(try remaining(place) == [0])
            #expect(try await app.redeem(tokens[1], binding: Randomness.bytes(32)).outcome == "spent")

            let done = try CommandRun(revoke + ["--yes"])
            #expect(done.code == 0 && done.errors.isEmpty)
            #expect(
                transcript(done.output) == """
                    key ID of session is revoked: none of the 10 tokens issued under it is accepted
                    key ID issues in its place from DATE until DATE
                    10 tokens go back to 1 voucher, spent ones too
                    clearing servers that have the key: demo

                    """)
            #expect(try remaining(place) == [10])
            // Once for a key: the second time nothing changes.
            let twice = try CommandRun(revoke + ["--yes"])
            #expect(twice.code == 0 && twice.errors.contains("nothing was changed: the key is revoked already"))
            #expect(try remaining(place) == [10])
            let late = try CommandRun(revoke + ["--dry-run"])
            #expect(
                transcript(late.output) == """
                    key ID of session is revoked already: none of the 10 tokens issued under it is accepted
                    clearing servers that have the key: demo

                    """)

            #expect(try await outcome(of: tokens[2], app) { $0 == "key-revoked" } == "key-revoked")
            let fresh = try await app.tokens(1, place)
            #expect(try await outcome(of: fresh[0], app) { $0 == "spent" } == "spent")
            let verified = try CommandRun(["log", "verify", servers.authorityURL])
            #expect(verified.code == 0 && verified.output.contains("revoked: key-compromised"), "\(verified.output)")
        }
    }
}
