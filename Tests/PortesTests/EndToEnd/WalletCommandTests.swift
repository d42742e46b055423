import Foundation
import LibSodium
import PortesClient
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// The commands that show a wallet and take tokens out of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WalletCommandTests {
    @Test func aWalletIsListedWithoutItsTokens() async throws {
        try await withFilledWallet(3) { wallet, servers, _, _ in
            let list = try CommandRun(["token", "list"] + wallet)
            #expect(list.code == 0)
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.hasPrefix("CAPABILITY  TYPE    COUNT  ORIGIN") == true)
            let row = try Regex(
                "session +0x0005 +3 +\(DemoServers.originName) +\(DemoServers.issuerName) +[0-9a-f]{16} +unspent")
            #expect(lines.last?.wholeMatch(of: row) != nil, "\(list.output)")
            let json = try CommandRun(["token", "list", "--json"] + wallet)
            #expect(json.output.contains(/"count"\s*:\s*3/) && json.output.contains(/"key"\s*:\s*"[0-9a-f]{64}"/))
            let absent = try CommandRun(["token", "list", "--wallet", "/nowhere/wallet"])
            #expect(absent.code == 1)
            #expect(!absent.errors.contains("errno"))
        }
    }

    @Test func aTokenThatWasTakenOutIsSpentOnceAndNotHandedOutAgain() async throws {
        try await withFilledWallet(2) { wallet, servers, app, _ in
            var nonces: Set<Nonce> = []
            for _ in 0..<2 {
                let taken = try CommandRun(["token", "take"] + wallet)
                #expect(taken.code == 0, "\(taken.errors)")
                let field = try #require(HeaderText.values(of: "authorization", in: taken.output).first)
                let token = try PrivateTokenCredentials(fieldValue: field).token
                nonces.insert(token.input.nonce)
                #expect(try await app.redeem(token, binding: Randomness.bytes(32)).outcome == "spent")
            }
            #expect(nonces.count == 2)
            let none = try CommandRun(["token", "take"] + wallet)
            #expect(none.code == 1 && none.output.isEmpty)
            #expect(none.errors.hasPrefix("portes: error: the wallet has no such token\n"))
        }
    }

    @Test func anEmptyFileIsToldFromADamagedWallet() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let empty = try CommandRun(["token", "list", "--wallet", place.write("", to: "empty")])
        #expect(empty.code == 1 && empty.errors.contains("is empty, and so no wallet\n"))
        let damaged = try CommandRun(["token", "list", "--wallet", place.write("x", to: "damaged")])
        #expect(damaged.code == 1 && damaged.errors.contains("damaged or not a wallet"))
    }

    @Test func aTokenOutOfTheWalletIsRevokedAlsoWhereTheFirstAttemptWasCutOff() async throws {
        try await withFilledWallet(2) { wallet, servers, _, place in
            let revoke = ["token", "revoke", "--capability", "session", "--yes"] + wallet
            let refused = try CommandRun(revoke + ["--data", "/nowhere/authority"])
            #expect(refused.code == 1)
            #expect(try CommandRun(["token", "list"] + wallet).output.contains(/session +0x0005 +2\s/))
            let open = try Wallet(path: place.root.appending(path: "wallet").path)
            _ = try await open.surrender(from: #require(await open.holdings.first))
            await open.close()
            let between = try CommandRun(["token", "list"] + wallet)
            #expect(between.output.contains("taken to be revoked") && between.output.contains(/session +0x0005 +1\s/))
            let revoked = try CommandRun(revoke + place.adminFlags)
            #expect(revoked.code == 0, "\(revoked.errors)")
            #expect(revoked.output.split(separator: "\n").count == 2)
            let after = try CommandRun(["token", "list"] + wallet)
            #expect(!after.output.contains("revoked") && after.output.contains(/session +0x0005 +1\s/))
        }
    }

    @Test func aTokenThatCouldNotBeWrittenIsStillInTheWallet() async throws {
        try await withFilledWallet(1) { wallet, _, _, _ in
            let words = wallet.map { "'\($0)'" }.joined(separator: " ")
            let take = ["-c", "'\(ChildProcess.executable.path)' token take \(words) > /dev/full"]
            let cut = try CommandRun(take, executable: URL(filePath: "/bin/sh"))
            #expect(cut.code == 1)
            #expect(cut.errors.contains("portes: hint: the token is still in the wallet: take it again\n"))
            #expect(try CommandRun(["token", "take"] + wallet).code == 0)
        }
    }

    @Test func theLineThatTakePrintsIsATokenFile() async throws {
        try await withFilledWallet(1) { wallet, servers, _, place in
            let file = try place.write(try CommandRun(["token", "take"] + wallet).output, to: "token.txt")
            let revoked = try CommandRun(["token", "revoke", "--token-file", file, "--yes"] + place.adminFlags)
            #expect(revoked.code == 0, "\(revoked.errors)")
            #expect(try CommandRun(["token", "revoke", "--yes"]).code == 64)
        }
    }

    @Test func aTokenIsSpentAtVerifyWithoutAReceipt() async throws {
        try await withFilledWallet(1) { wallet, servers, app, place in
            // The server is ready once it takes a token.
            let probe = try await app.tokens(1, place)[0]
            while try await app.redeem(probe, binding: Randomness.bytes(32)).outcome != "already-spent" {}
            let spend = ["token", "spend", "--origin", servers.clearingURL, "--origin-name", DemoServers.originName]
            let spent = try CommandRun(spend + wallet + ["--path", "/verify"])
            #expect(spent.code == 0, "\(spent.errors)")
            #expect(spent.output.isEmpty && spent.errors == "the token is spent\n")
        }
    }

    @Test func tokensOfSeveralTypesAreFetchedListedAndSpentByNameAndNotByChance() async throws {
        try await withServers(withOtherTypes: true) { servers, _, place in
            let wallet = ["--wallet", place.root.appending(path: "wallet").path]
            func fetch(_ capability: String, _ type: String) async throws -> CommandRun {
                let code = try await ChildProcess.run(
                    ["voucher", "create", "--capability", capability, "--tokens", "1"] + place.adminFlags)
                return try CommandRun(
                    [
                        "token", "fetch", "--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName,
                        "--capability", capability, "--count", "1", "--origin", servers.clearingURL, "--origin-name",
                        DemoServers.originName, "--voucher-file", try place.write(code, to: "code.txt"), "--token-type",
                        type,
                    ] + wallet)
            }
            #expect(try await fetch("session", "vOPRF (ristretto255, SHA-512)").code == 0)
            #expect(try await fetch(DemoServers.entry, "0x0002").code == 0)
            let other = try await fetch(DemoServers.entry, "0x0001")
            #expect(other.code == 1 && other.errors.contains("check --capability and --token-type"), "\(other.errors)")
            let list = try CommandRun(["token", "list"] + wallet).output
            #expect(list.contains(/session +0x0005 +1\s/) && list.contains(/entry +0x0002 +1\s/), "\(list)")
            let json = try CommandRun(["token", "list", "--json"] + wallet).output
            #expect(json.contains(/"token-type"\s*:\s*2/))

            // The origin takes both, and it is not said which is meant.
            let spend = ["token", "spend", "--origin", servers.clearingURL, "--origin-name", DemoServers.originName]
            let guessed = try CommandRun(spend + wallet)
            #expect(guessed.code == 1 && guessed.errors.contains("name one with --capability"), "\(guessed.errors)")
            #expect(try CommandRun(["token", "list"] + wallet).output == list)
            let meant = try CommandRun(spend + wallet + ["--capability", DemoServers.entry])
            #expect(meant.code == 0, "\(meant.errors)")
            // With one left there is nothing to choose.
            #expect(try CommandRun(spend + wallet).code == 0)
        }
    }

    /// Both servers, and the flags for a wallet with tokens for the demo's origin.
    private func withFilledWallet(
        _ count: Int, _ body: ([String], DemoServers, DemoApp, DemoDirectory) async throws -> Void
    ) async throws {
        try await withServers { servers, app, place in
            let code = try await ChildProcess.run(
                ["voucher", "create", "--capability", "session", "--tokens", "\(count)"] + place.adminFlags)
            let wallet = ["--wallet", place.root.appending(path: "wallet").path]
            let fetched = try CommandRun(
                [
                    "token", "fetch", "--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName,
                    "--capability", "session", "--count", "\(count)", "--origin-name", DemoServers.originName,
                    "--voucher-file", try place.write(code, to: "code.txt"),
                ] + wallet)
            try #require(fetched.code == 0, "\(fetched.errors)")
            try await body(wallet, servers, app, place)
        }
    }
}
