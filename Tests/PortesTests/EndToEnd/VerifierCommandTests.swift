import Foundation
import TestSupport
import Testing

@testable import portes

/// Who is trusted with what, by the commands that an admin types.
@Suite(.timeLimit(.minutes(5))) struct VerifierCommandTests {
    private struct Verifier: Decodable {
        let name: String
        let isPublicOnly: Bool

        private enum CodingKeys: String, CodingKey {
            case name
            case isPublicOnly = "public-only"
        }
    }

    private struct Key: Decodable { let id: String }

    @Test func whoIsTrustedWithPublicKeysAloneIsListedAsSuch() throws {
        try withAuthority(type: "0x0002") { place in
            try succeeds(["verifier", "add", "shop", identity(), "--capability", "session", "--public-only"], place)
            try succeeds(["verifier", "add", "north", identity(), "--capability", "session"], place)
            let table = try succeeds(["verifier", "list"], place).output
            #expect(table.contains(/NAME +CAPABILITIES +KEYS +PUBLIC KEY/))
            #expect(table.contains(/shop +session +public only\s/) && table.contains(/north +session +all\s/))
            let json = try succeeds(["verifier", "list", "--json"], place).output
            let verifiers = try JSONDecoder().decode([Verifier].self, from: Data(json.utf8))
            #expect(verifiers.map(\.name) == ["north", "shop"] && verifiers.map(\.isPublicOnly) == [false, true])
        }
    }

    @Test func whereAPublicOnlyVerifierGetsNothingOfACapabilitysKeysItIsSaid() throws {
        try withAuthority(type: "0x0001") { place in
            let added = try succeeds(
                ["verifier", "add", "shop", identity(), "--capability", "session", "--public-only"], place)
            #expect(added.errors.contains("portes: warning: shop gets public keys alone"))
            #expect(added.errors.contains(" the keys of session that take a secret"))
            let trusted = try succeeds(["verifier", "add", "north", identity(), "--capability", "session"], place)
            #expect(trusted.errors.isEmpty)
        }
    }

    @Test func beforeAServerThatHeldPublicKeysAloneGetsASecretTheAdminIsAsked() throws {
        try withAuthority(type: "2") { place in
            try succeeds(["verifier", "add", "shop", identity(), "--capability", "session", "--public-only"], place)
            try succeeds(["verifier", "add", "north", identity(), "--capability", "session"], place)
            let create = ["key", "create", "--capability", "session", "--token-type", "0x0005"]
            let first = try #require(try keys(place).first)
            let second = try CommandRun(create + ["--yes"] + place.adminFlags)
            #expect(second.code == 1 && second.errors.contains("portes: error: session has keys of type 0x0002"))
            #expect(second.errors.contains("portes: hint: to change the type: portes key retire \(first.prefix(16))"))

            try succeeds(["key", "retire", first, "--yes"], place)
            let unasked = try CommandRun(create + place.adminFlags)
            #expect(unasked.code == 1, "\(unasked.output)")
            #expect(unasked.errors.hasPrefix("portes: warning: north held public keys alone, and gets the secret of a "))
            #expect(unasked.errors.contains("portes: error: not done: clearing server north gets the secret"))
            #expect(try keys(place) == [first])
            let done = try succeeds(create + ["--yes"], place)
            #expect(done.errors.hasPrefix("portes: warning: north held public keys alone"))
            #expect(done.output.contains(" 0x0005 "))
        }
    }

    @Test func aStartThatChangesACapabilitysTypeNamesThem() async throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        try succeeds(["key", "create", "--capability", "session", "--token-type", "2"], place)
        for (name, flags) in [("north", []), ("shop", ["--public-only"])] {
            try succeeds(["verifier", "add", name, identity(), "--capability", "session"] + flags, place)
        }
        let file = try place.write(
            "authority: {capabilities: [{name: session, token-type: 0x0005}]}\n", to: "portes.yaml")
        let server = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example", "--config", file]
                + place.adminFlags)
        let warning = try await server.waitForLine("portes: warning: ")
        #expect(warning.hasPrefix("north held public keys alone, and gets the secret of a key of session"))
        await server.terminate()
    }

    private func identity() throws -> String {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let run = try CommandRun(["clearing", "identity", "--data", place.clearingData])
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func keys(_ place: DemoDirectory) throws -> [String] {
        let json = try succeeds(["key", "list", "--json"], place).output
        return try JSONDecoder().decode([Key].self, from: Data(json.utf8)).map(\.id)
    }

    /// An authority, which does not run, with a key of a capability.
    private func withAuthority(type: String, _ body: (DemoDirectory) throws -> Void) throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        try succeeds(["key", "create", "--capability", "session", "--token-type", type], place)
        try body(place)
    }

    @discardableResult
    private func succeeds(_ arguments: [String], _ place: DemoDirectory) throws -> CommandRun {
        let run = try CommandRun(arguments + place.adminFlags)
        #expect(run.code == 0, "portes \(arguments.joined(separator: " ")): \(run.errors)")
        return run
    }
}
