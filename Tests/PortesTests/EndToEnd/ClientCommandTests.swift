import Foundation
import HTTPTransport
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// The commands of the app's side against real servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ClientCommandTests {
    @Test func aTokenIsFetchedAndSpentAndItsReceiptVerified() async throws {
        try await withServers { servers, app, place in
            let fetched = try fetch(3, servers, place, voucher: try await voucher(3, place))
            #expect(fetched.code == 0)
            #expect(fetched.output == "fetched 3 tokens of session; the wallet has 3\n")
            let spent = try CommandRun(spend(servers.clearingURL, place))
            #expect(spent.code == 0)
            let receipt = try place.write(spent.output, to: "receipt.txt")
            let other = try CommandRun(spend(servers.clearingURL, place) + ["--capability", "nosuch"])
            #expect(other.code == 1 && other.errors.contains("the wallet has no token of nosuch for this origin\n"))
            #expect(other.errors.contains("it has some of session: check --capability"))
            let json = try CommandRun(spend(servers.clearingURL, place) + ["--json"])
            #expect(json.output.contains(/"set-aside"\s*:\s*\[\]/))
            #expect(json.code == 0)
            #expect(json.output.contains(/"outcome"\s*:\s*"spent"/) && json.output.contains(/"unspent"\s*:\s*1/))

            let keys = try place.write(try await get(servers.clearingURL + "/.well-known/jwks.json"), to: "jwks.json")
            let genuine = try CommandRun(["receipt", "verify", "--jwks", keys, receipt])
            #expect(genuine.code == 0)
            #expect(genuine.output.hasPrefix("the receipt is genuine\n"))
            #expect(genuine.output.contains(DemoServers.originName))
            let changed = try place.write("x" + spent.output, to: "changed.txt")
            let refused = try CommandRun(["receipt", "verify", "--jwks", keys, changed])
            #expect(refused.code == 1)
            #expect(refused.output.isEmpty && refused.errors.hasPrefix("portes: error: "))
        }
    }

    @Test func afterARevocationATokenOfTheNextKeyIsSpentByTheSameCommand() async throws {
        try await withServers { servers, app, place in
            let old = try await app.tokens(1, place)[0]
            #expect(try fetch(4, servers, place, voucher: try await voucher(4, place)).code == 0)
            _ = try await ChildProcess.run(["key", "revoke", old.input.keyID.hexadecimal, "--yes"] + place.adminFlags)
            // The next key issues at once.
            #expect(try fetch(2, servers, place, voucher: try await voucher(2, place)).code == 0)
            // The clearing server hears of both within seconds.
            #expect(try await outcome(of: old, app) { $0 == "key-revoked" } == "key-revoked")
            let new = try await app.tokens(1, place)[0]
            #expect(try await outcome(of: new, app) { $0 == "spent" } == "spent")
            let spent = try CommandRun(spend(servers.clearingURL, place) + ["--json"])
            #expect(spent.code == 0, "\(spent.errors)")
            #expect(spent.errors.contains(/4 tokens of session set aside: the origin says that key [0-9a-f]{16} is revoked\n/))
            #expect(spent.output.contains(/"count"\s*:\s*4/) && spent.output.contains(/"reason"\s*:\s*"key-revoked"/))
            #expect(spent.output.contains(/"outcome"\s*:\s*"spent"/))
            #expect(spent.output.contains(/"unspent"\s*:\s*1\D/) && spent.output.contains(/"unspent-set-aside"\s*:\s*3\D/))
            let take = ["token", "take", "--wallet", place.root.appending(path: "wallet").path]
            let field = try #require(HeaderText.values(of: "authorization", in: CommandRun(take).output).first)
            #expect(try PrivateTokenCredentials(fieldValue: field).token.input.keyID == new.input.keyID)
            let none = try CommandRun(take)
            #expect(none.code == 1 && none.output.isEmpty && none.errors.contains("add --include-set-aside"))
            #expect(try CommandRun(take + ["--include-set-aside"]).code == 0)
            #expect(try CommandRun(take + ["--key", String(old.input.keyID.hexadecimal.prefix(8))]).code == 0)
            let unfit = try CommandRun(spend(servers.clearingURL, place))
            #expect(unfit.errors.contains("its tokens are set aside: fetch new ones with portes token fetch --origin-name"))
        }
    }

    @Test func aFetchAndASpendThatCannotBeSaySoAndExitWith1() async throws {
        try await withServers { servers, app, place in
            let none = try CommandRun(spend(servers.clearingURL, place))
            let wallet = place.root.appending(path: "wallet").path
            #expect(none.code == 1)
            #expect(none.errors.hasPrefix("portes: error: there is no wallet at \(wallet)\nportes: hint: "))
            #expect(!FileManager.default.fileExists(atPath: wallet + ".lock"))
            let exhausted = try fetch(3, servers, place, voucher: try await voucher(2, place))
            #expect(exhausted.code == 1)
            #expect(exhausted.errors.contains("portes: error: the voucher is worth fewer tokens than that\n"))
            #expect(exhausted.errors.contains("get another voucher if it is used up"))
            let noVoucher = try fetch(1, servers, place, voucher: try place.write("a b\n", to: "none.txt"))
            #expect(noVoucher.code == 1)
            #expect(noVoucher.errors.contains("holds no voucher"))
        }
    }

    @Test func forgottenNamesAreToldBeforeAnythingIsChargedOrSent() async throws {
        try await withServers { servers, app, place in
            let wallet = place.root.appending(path: "wallet").path
            let voucher = try await voucher(2, place)
            let fetch = [
                "token", "fetch", "--issuer", servers.authorityURL, "--capability", "session", "--count", "2",
                "--voucher-file", voucher, "--wallet", wallet, "--origin-name",
            ]
            let unnamed = try CommandRun(fetch + [DemoServers.originName])
            #expect(unnamed.code == 1)
            #expect(unnamed.errors.contains("portes: error: the issuer's name is \(DemoServers.issuerName), "))
            #expect(unnamed.errors.contains("add --issuer-name \(DemoServers.issuerName)\n"))
            let away = try CommandRun(
                fetch + ["elsewhere.example", "--issuer-name", DemoServers.issuerName, "--origin", "http://127.0.0.1:1"])
            #expect(away.code == 0 && away.errors.contains("portes: warning: it is not known whether"), "\(away.errors)")

            // The server asks for tokens once it has keys.
            let probe = try await app.tokens(1, place)[0]
            #expect(try await outcome(of: probe, app) { $0 == "spent" } == "spent")
            let asked = try CommandRun(
                fetch.dropLast() + ["--issuer-name", DemoServers.issuerName, "--origin", servers.clearingURL])
            #expect(asked.code == 1 && asked.output.isEmpty)
            #expect(asked.errors.contains("add --origin-name \(DemoServers.originName)\n"), "\(asked.errors)")
            #expect(asked.errors.contains("asks for tokens for \(DemoServers.originName), not for 127.0.0.1:"))
            let spend = ["token", "spend", "--wallet", wallet, "--origin", servers.clearingURL]
            let otherwise = try CommandRun(spend)
            #expect(otherwise.code == 1)
            #expect(otherwise.errors.contains("add --origin-name \(DemoServers.originName)\n"))
            let unfit = try CommandRun(spend + ["--origin-name", DemoServers.originName])
            #expect(unfit.code == 1)
            #expect(unfit.errors.contains("asks for a token of the issuer \(DemoServers.issuerName) for \(DemoServers.originName)"))
            #expect(unfit.errors.contains("portes token fetch --origin-name \(DemoServers.originName)\n"))
            #expect(unfit.errors.contains(/the wallet has:\n.*\n +session +0x0005 +2 +elsewhere\.example/))
        }
    }

    @Test func aTokenForAFreshChallengeIsFetchedWhenItIsSpent() async throws {
        try await withServers { servers, app, place in
            let data = place.root.appending(path: "fresh").path
            let identity = try await ChildProcess.run(["clearing", "identity", "--data", data])
                .trimmingCharacters(in: .whitespacesAndNewlines)
            _ = try await ChildProcess.run(
                ["verifier", "add", "fresh", identity, "--capability", "session"] + place.adminFlags)
            let key = try await ChildProcess.run(["authority", "show", "--key"] + place.adminFlags)
            let clearing = try ChildProcess([
                "clearing", "run", "--listen", "127.0.0.1:0", "--data", data, "--issuer",
                servers.authorityURL, "--authority-key", key.trimmingCharacters(in: .whitespacesAndNewlines),
                "--origin", DemoServers.originName, "--capability", "session", "--tokens", "fresh-context",
            ])
            do {
                let url = try await clearing.waitForLine("listening on ")
                #expect(try fetch(1, servers, place, voucher: try await voucher(1, place)).code == 0)
                let without = try await soon({ try CommandRun(spend(url, place)) }, until: {
                    !$0.errors.contains("asks for no token")
                })
                #expect(without.code == 1)
                #expect(without.errors.contains("name the issuer with --issuer"))
                let issuer = [
                    "--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName, "--voucher-file",
                    try await voucher(1, place),
                ]
                let spent = try await soon { try CommandRun(spend(url, place) + issuer) }
                #expect(spent.code == 0, "\(spent.errors)")
                #expect(spent.output.split(separator: ".").count == 3)
            } catch {
                await clearing.terminate()
                throw error
            }
            await clearing.terminate()
        }
    }

    @Test func aMessageIsTakenApartAndAnythingElseIsRefused() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("play.example")])
        for text in [Hexadecimal.encode(challenge.encoded), Base64URL.encode(challenge.encoded)] {
            let run = try CommandRun(["token", "inspect", place.write(text + "\n", to: "challenge.txt")])
            #expect(run.code == 0)
            #expect(run.output.hasPrefix("TokenChallenge\n"))
            #expect(run.output.contains(/issuer_name +issuer\.example\n/))
            #expect(run.output.contains(/origin_info +play\.example\n/))
        }
        let other = try CommandRun(["token", "inspect", place.write("nothing", to: "other.txt")])
        #expect(other.code == 1)
        #expect(other.output.isEmpty && other.errors.contains("not a message that this build knows"))
    }

    @Test func headerFieldsAreFoundInWhatCurlPrints() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let challenge = PrivateTokenChallenge(
            challenge: try TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example")))
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.challenge.digest,
            keyID: TokenKeyID(.zero))
        let token = try Token(input: input, authenticator: Randomness.bytes(64))
        let text = """
            > POST /redeem HTTP/1.1\r
            > Authorization: \(PrivateTokenCredentials(token: token).fieldValue)\r
            HTTP/1.1 401 Unauthorized\r
            content-type: application/problem+json\r
            WWW-Authenticate: \(challenge.fieldValue)\r
            www-authenticate: \(challenge.fieldValue), Basic realm="x"\r
            \r
            {"status":401}
            """
        let run = try CommandRun(["token", "inspect", place.write(text, to: "curl.txt")])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n").filter { !$0.hasPrefix(" ") } == [
            "Token", "WWW-Authenticate: PrivateToken", "WWW-Authenticate: PrivateToken",
        ])
        #expect(!run.output.contains(Hexadecimal.encode(token.authenticator)))
        let directory =
            "HTTP/1.1 200 OK\r\nx: y\r\n\r\n"
            + #"{"issuer-request-uri":"/x","token-keys":[{"token-type":5,"token-key":"AA==","not-before":0}]}"# + "\n"
        let whole = try CommandRun(["token", "inspect", place.write(directory, to: "directory.txt")])
        #expect(whole.output.hasPrefix("issuer directory\n"))
        #expect(whole.output.contains(/not-before +0, 1970-01-01/), "\(whole.output)\(whole.errors)")
    }

    /// Repeats while the server has no keys or no current revocation list yet, for at most a minute.
    private func soon(
        _ attempt: () throws -> CommandRun, until isDone: (CommandRun) -> Bool = { $0.code == 0 }
    ) async throws -> CommandRun {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let run = try attempt()
            if isDone(run) || ContinuousClock.now > deadline { return run }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The path of a file with a new voucher.
    private func voucher(_ count: Int, _ place: DemoDirectory) async throws -> String {
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", "session", "--tokens", "\(count)"] + place.adminFlags)
        return try place.write(code, to: "code.txt")
    }

    private func fetch(
        _ count: Int, _ servers: DemoServers, _ place: DemoDirectory, voucher: String
    ) throws -> CommandRun {
        try CommandRun([
            "token", "fetch", "--issuer", servers.authorityURL, "--issuer-name", DemoServers.issuerName,
            "--capability", "session", "--count", "\(count)", "--origin-name", DemoServers.originName,
            "--voucher-file", voucher, "--wallet", place.root.appending(path: "wallet").path,
        ])
    }

    private func spend(_ url: String, _ place: DemoDirectory) -> [String] {
        [
            "token", "spend", "--wallet", place.root.appending(path: "wallet").path, "--origin", url, "--origin-name",
            DemoServers.originName,
        ]
    }
}
