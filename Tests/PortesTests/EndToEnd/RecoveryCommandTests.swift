import Foundation
import TestSupport
import Testing

@testable import portes

/// Tokens of a lost device, by commands as a person types them, against real servers.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RecoveryCommandTests {
    private func run(_ arguments: [String]) async throws -> CommandRun { try await CommandRun.offPool(arguments) }

    @Test func tokensComeBackOnAnotherDeviceWithNothingButTheCode() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = try await DemoServers.start(in: place)
        do { try await recover(servers, place) } catch { Issue.record(error) }
        await servers.stop()
    }

    private func recover(_ servers: DemoServers, _ place: DemoDirectory) async throws {
        let root = place.root.path
        func path(_ name: String) -> String { "\(root)/\(name)" }
        let code = try await run(["id", "create", "--identity", path("me")]).output
        try code.write(toFile: path("code"), atomically: true, encoding: .utf8)
        let voucher = try await run(
            ["voucher", "create", "--capability", "session", "--tokens", "30"] + place.adminFlags)
        try voucher.output.write(toFile: path("voucher"), atomically: true, encoding: .utf8)
        let issuer = ["--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName]
        let origin = ["--origin", servers.clearingURL, "--origin-name", DemoServers.originName]
        let mine = ["--wallet", path("wallet"), "--identity", path("me")]

        // Two fetches, so that a series has several requests, and another series of another size.
        for count in ["10", "10", "5"] {
            let fetched = try await run(
                ["token", "fetch", "--capability", "session", "--count", count, "--voucher-file", path("voucher")]
                    + issuer + origin + mine)
            #expect(fetched.code == 0, "\(fetched.errors)")
        }
        for _ in 0..<3 { #expect(try await run(["token", "spend"] + origin + mine).code == 0) }
        // Nobody reads the wallet without the identity.
        let sealed = try await run(["token", "list", "--wallet", path("wallet")])
        #expect(sealed.code == 1 && sealed.errors.contains("the wallet is sealed with an identity"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path("wallet")))
        #expect(bytes.range(of: Data("play.demo.example".utf8)) == nil)

        try FileManager.default.removeItem(atPath: path("wallet"))
        try FileManager.default.removeItem(atPath: path("me"))
        #expect(try await run(["id", "recover", "--code-file", path("code"), "--identity", path("me")]).code == 0)
        let recovered = try await run(["token", "recover", "--json"] + issuer + origin + mine)
        #expect(recovered.code == 0, "\(recovered.errors)")
        let told = try JSONDecoder().decode([String: Int].self, from: Data(recovered.output.utf8))
        // What was spent within the hour is not published yet: it may be among the recovered.
        #expect(try #require(told["recovered"]) + #require(told["spent"]) == 25)
        let again = try await run(["token", "recover", "--json"] + issuer + origin + mine)
        #expect(try JSONDecoder().decode([String: Int].self, from: Data(again.output.utf8))["recovered"] == 0)
        // All that are left can be spent, and none twice.
        for _ in 0..<22 {
            let spent = try await run(["token", "spend"] + origin + mine)
            #expect(spent.code == 0, "\(spent.errors)")
        }
        #expect(try await run(["token", "spend"] + origin + mine).code == 1)
        // The voucher had 30, and paid for 25.
        let vouchers = try await run(["voucher", "list", "--json"] + place.adminFlags)
        #expect(vouchers.output.contains("\"remaining\" : 5"), "\(vouchers.output)")
        // Somebody else's code brings nothing.
        _ = try await run(["id", "create", "--identity", path("other")])
        let none = try await run(
            ["token", "recover", "--wallet", path("other.wallet"), "--identity", path("other")] + issuer + origin)
        #expect(none.code == 0 && none.output == "recovered 0 tokens; the wallet has 0\n")
    }
}
