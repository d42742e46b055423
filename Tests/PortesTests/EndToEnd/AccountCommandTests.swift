import Foundation
import PortesClient
import TestSupport
import Testing

@testable import portes

/// Accounts, an age check and sessions by commands as people type them, against real servers.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AccountCommandTests {
    private func run(_ arguments: [String]) async throws -> CommandRun { try await CommandRun.offPool(arguments) }

    private func succeed(_ arguments: [String]) async throws -> CommandRun {
        let run = try await run(arguments)
        #expect(run.code == 0, "\(arguments.prefix(2)): \(run.errors)")
        return run
    }

    private func fail(_ arguments: [String], saying words: String) async throws {
        let run = try await run(arguments)
        #expect(run.code == 1 && run.errors.contains(words), "\(arguments.prefix(2)): \(run.errors)")
    }

    @Test func anAccountIsOpenedDrawnOnAndClosedAndItsTokensOpenSessions() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = try await DemoServers.start(in: place, withAgeCheck: true)
        do {
            try await useAccount(servers, place)
            try await stateAge(servers, place)
        } catch {
            Issue.record(error)
        }
        await servers.stop()
    }

    private func useAccount(_ servers: DemoServers, _ place: DemoDirectory) async throws {
        func path(_ name: String) -> String { place.root.appending(path: name).path }
        let issuer = ["--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName]
        let origin = ["--origin", servers.clearingURL, "--origin-name", DemoServers.originName]
        let me = ["--identity", path("me")]
        let wallet = ["--wallet", path("wallet")] + me
        _ = try await succeed(["id", "create"] + me)
        let fetch = ["token", "fetch", "--capability", "session", "--count", "3", "--account"] + issuer + origin + wallet
        try await fail(fetch, saying: "open it with portes account open")
        let opened = try await succeed(["account", "open"] + issuer + me)
        #expect(opened.errors == "the account is open\n")
        let again = try await succeed(["account", "open"] + issuer + me)
        #expect(again.errors == "the account was open already; nothing was charged\n")
        #expect(try await succeed(fetch).output == "fetched 3 tokens of session; the wallet has 3\n")

        let headers = ["session", "headers", "--path", "/levels/7"] + origin + wallet
        let first = try await succeed(headers)
        let lines = first.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("authorization: DPoP ") && lines[1].hasPrefix("DPoP: "))
        #expect(first.errors.hasPrefix("a session of session is open until "))
        // The same session, with a proof of its own.
        let second = try await succeed(headers).output.split(separator: "\n")
        #expect(second[0] == lines[0] && second[1] != lines[1])
        let bearer = try await succeed(headers + ["--bearer"]).output
        #expect(bearer.hasPrefix("authorization: Bearer ") && bearer.split(separator: "\n").count == 1)
        let listed = try await succeed(["session", "list", "--json"] + wallet).output
        #expect(listed.components(separatedBy: "\"capability\" : \"session\"").count == 3)
        #expect(try await succeed(["session", "close"] + origin + wallet).errors == "the session is closed\n")
        try await fail(["session", "close"] + origin + wallet, saying: "the wallet has no such session")
        #expect(try await succeed(headers).output.split(separator: "\n")[0] != lines[0])
        #expect(try await succeed(["token", "list", "--json"] + wallet).output.contains("[]"), "three tokens, three sessions")

        try await fail(["account", "close"] + issuer + me, saying: "--yes")
        let closed = try await succeed(["account", "close", "--yes"] + issuer + me)
        #expect(closed.errors == "the account at issuer.demo.example is closed\n")
        try await fail(fetch, saying: "open it with portes account open")
    }

    private func stateAge(_ servers: DemoServers, _ place: DemoDirectory) async throws {
        func path(_ name: String) -> String { place.root.appending(path: name).path }
        let issuer = ["--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName]
        let me = ["--identity", path("buyer")]
        _ = try await succeed(["id", "create"] + me)
        _ = try await succeed(["account", "open"] + issuer + me)
        let salt = ["--salt-file", path("age.salt")]
        let binding = try await succeed(["account", "request"] + issuer + me + salt).output
        try await fail(["account", "request"] + issuer + me + salt, saying: "name a file that is not there yet")
        let attributes = try FileManager.default.attributesOfItem(atPath: path("age.salt"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let token = try servers.ageParty.token(
            for: binding.trimmingCharacters(in: .newlines), bornOn: "1990-04-01", tokens: 2)
        try place.write(try #require(token), to: "age.jwt")
        let present = ["account", "present", "--statement-file", path("age.jwt")] + issuer + me + salt
        #expect(try await succeed(present).output == "the account may fetch 2 tokens of age-18\n")
        try await fail(present, saying: "the statement was used before")
        try place.write("AAAA\n", to: "short.salt")
        try await fail(
            ["account", "present", "--statement-file", path("age.jwt"), "--salt-file", path("short.salt")] + issuer + me,
            saying: "holds no salt")
        let fetched = try await succeed(
            ["token", "fetch", "--capability", "age-18", "--count", "2", "--account", "--wallet", path("buyer.wallet")]
                + ["--origin", servers.clearingURL, "--origin-name", DemoServers.originName] + issuer + me)
        #expect(fetched.output == "fetched 2 tokens of age-18; the wallet has 2\n")
    }
}
