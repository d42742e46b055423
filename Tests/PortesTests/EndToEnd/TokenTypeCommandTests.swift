import Foundation
import TestSupport
import Testing

@testable import portes

/// The life of keys of each token type, by the commands that an admin and an app's user type.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TokenTypeCommandTests {
    private struct Key: Decodable { let id: String, state: String, issued: Int? }
    private struct Voucher: Decodable { let remaining: Int }

    @Test(arguments: [1, 2, 5])
    func keysOfEachTypeRotateAreRevokedAndComeBackFromBackups(type: Int) async throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        try succeeds(
            ["key", "create", "--capability", "entry", "--token-type", "\(type)", "--development"] + place.adminFlags)
        #expect(try succeeds(["key", "list"] + place.adminFlags).contains(" 0x000\(type) "))
        let identity = try succeeds(["clearing", "identity", "--data", place.clearingData])
        try succeeds(["verifier", "add", "demo", identity, "--capability", "entry"] + place.adminFlags)
        let authority = try await Self.authority(place)
        let clearing = try await DemoServers.startClearing(
            in: place, authorityURL: authority.url, capabilities: ["entry"])
        let servers = Servers(issuer: authority.url, origin: clearing.url, place: place)

        try await rotate(servers)
        try await revoke(servers)
        // Follows the log from its first entry, with every rule.
        try succeeds(["log", "verify", authority.url])
        try backUp(place)
        await authority.server.terminate()
        try restore(place)
        await clearing.server.terminate()
        try await fetchAndSpendAfterRestore(place)
    }

    /// A token of the key before and one of the key after a rotation are both spent.
    private func rotate(_ servers: Servers) async throws {
        try servers.newVoucher(10)
        #expect(try servers.fetch(3).output == "fetched 3 tokens of entry; the wallet has 3\n")
        #expect(try servers.spend().code == 0)
        try succeeds(["key", "rotate", "entry"] + servers.place.adminFlags)
        #expect(try servers.fetch(2).code == 0)
        // The newest first: it takes the clearing server seconds to learn of the key.
        #expect(try await soon { try servers.spend() }.code == 0)
        #expect(try servers.spend().code == 0)
        let keys = try servers.keys()
        #expect(keys.compactMap(\.issued).sorted() == [2, 3])
    }

    /// Tokens of a revoked key are refused, and paid back; the next key issues.
    private func revoke(_ servers: Servers) async throws {
        let key = try #require(try servers.keys().last { $0.state == "issuing" })
        try succeeds(["key", "revoke", key.id, "--compromised", "--yes"] + servers.place.adminFlags)
        #expect(try servers.vouchers().map(\.remaining) == [7])
        #expect(try servers.fetch(7).code == 0)
        let spent = try await soon { try servers.spend() }
        #expect(spent.code == 0, "\(spent.errors)")
        #expect(try servers.keys().map(\.state).contains("revoked"))
        // Keys that begin in one second stand in any order.
        let issued = try servers.keys().first { $0.state == "issuing" }?.issued
        #expect(issued == 7)
    }

    private func backUp(_ place: DemoDirectory) throws {
        try succeeds(["key", "backup", place.root.path + "/keys.backup"] + place.adminFlags)
        try succeeds(
            ["authority", "backup", place.root.path + "/authority.backup", "--backup-passphrase-file"]
                + [place.passphraseFile] + place.adminFlags)
    }

    /// The machine is lost: both directories come back from their backups.
    private func restore(_ place: DemoDirectory) throws {
        for path in [place.authorityData, place.keys] { try FileManager.default.removeItem(atPath: path) }
        let restored = try succeeds(["key", "restore", place.root.path + "/keys.backup"] + place.adminFlags)
        #expect(restored.contains("restored"))
        try succeeds(
            ["authority", "restore", place.root.path + "/authority.backup", "--nothing-newer", "--yes"]
                + ["--backup-passphrase-file", place.passphraseFile] + place.adminFlags)
    }

    private func fetchAndSpendAfterRestore(_ place: DemoDirectory) async throws {
        let authority = try await Self.authority(place)
        let clearing = try await DemoServers.startClearing(
            in: place, authorityURL: authority.url, capabilities: ["entry"])
        let servers = Servers(issuer: authority.url, origin: clearing.url, place: place)
        try FileManager.default.removeItem(atPath: servers.wallet)
        try servers.newVoucher(2)
        let fetched = try servers.fetch(2)
        #expect(fetched.code == 0, "\(fetched.errors)")
        let spent = try await soon { try servers.spend() }
        #expect(spent.code == 0, "\(spent.errors)")
        await clearing.server.terminate()
        await authority.server.terminate()
    }

    private static func authority(_ place: DemoDirectory) async throws -> (server: ChildProcess, url: String) {
        let server = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", DemoServers.issuerName] + place.adminFlags)
        return (server, try await server.waitForLine("listening on "))
    }

    /// Runs a command that must succeed, and gives its output.
    @discardableResult
    private func succeeds(_ arguments: [String]) throws -> String {
        let run = try CommandRun(arguments)
        #expect(run.code == 0, "portes \(arguments.joined(separator: " ")): \(run.errors)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Repeats a command while the clearing server has not learned of a change, for at most a minute.
    private func soon(_ attempt: () throws -> CommandRun) async throws -> CommandRun {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let run = try attempt()
            if run.code == 0 || ContinuousClock.now > deadline { return run }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private struct Servers {
        let issuer: String
        let origin: String
        let place: DemoDirectory

        var wallet: String { place.root.path + "/wallet" }

        func newVoucher(_ tokens: Int) throws {
            let made = try CommandRun(
                ["voucher", "create", "--capability", "entry", "--tokens", "\(tokens)"] + place.adminFlags)
            try place.write(made.output, to: "code.txt")
        }

        func fetch(_ count: Int) throws -> CommandRun {
            try CommandRun([
                "token", "fetch", "--issuer", issuer, "--issuer-name", DemoServers.issuerName, "--capability", "entry",
                "--count", "\(count)", "--origin-name", DemoServers.originName, "--voucher-file",
                place.root.path + "/code.txt", "--wallet", wallet,
            ])
        }

        func spend() throws -> CommandRun {
            try CommandRun([
                "token", "spend", "--wallet", wallet, "--origin", origin, "--origin-name", DemoServers.originName,
            ])
        }

        func keys() throws -> [Key] { try list("key") }
        func vouchers() throws -> [Voucher] { try list("voucher") }

        private func list<T: Decodable>(_ noun: String) throws -> [T] {
            let run = try CommandRun([noun, "list", "--json"] + place.adminFlags)
            return try JSONDecoder().decode([T].self, from: Data(run.output.utf8))
        }
    }
}
