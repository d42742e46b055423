import Foundation
import LibSodium
import PrivacyPass
import Testing

@testable import portes

/// The commands of the admin against a running authority.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AdminCommandTests {
    @Test func aRevokedTokenStandsInThePublishedList() async throws {
        try await withServers { servers, app, place in
            let empty = try CommandRun(["revocation", "list"] + place.adminFlags)
            #expect(empty.code == 0 && empty.output.isEmpty)
            #expect(empty.errors.contains("nothing is revoked"))

            let token = try await app.tokens(1, place)[0]
            let file = try place.write(Base64URL.encode(token.encoded) + "\n", to: "token.txt")
            let unasked = try CommandRun(["token", "revoke", "--token-file", file] + place.adminFlags)
            #expect(unasked.code == 1)
            let revoked = try CommandRun(["token", "revoke", "--token-file", file, "--yes"] + place.adminFlags)
            #expect(revoked.code == 0)
            let nullifier = Hexadecimal.encode(Nullifier(of: token.input).bytes)
            #expect(revoked.output.contains(nullifier))
            let list = try CommandRun(["revocation", "list"] + place.adminFlags)
            #expect(list.code == 0)
            #expect(list.output == revoked.output)
            #expect(try CommandRun(["revocation", "list", "--after", "1"] + place.adminFlags).output.isEmpty)

            let nothing = try place.write("00ff\n", to: "nothing.txt")
            let refused = try CommandRun(["token", "revoke", "--token-file", nothing, "--yes"] + place.adminFlags)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("holds no token"))
        }
    }

    @Test func aRetiredKeyStillIssues() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            let id = token.input.keyID.hexadecimal
            let retired = try CommandRun(["key", "retire", String(id.prefix(8)), "--yes"] + place.adminFlags)
            #expect(retired.code == 0)
            #expect(retired.output.contains(id.prefix(16)) && retired.output.contains(" issuing,retired "))
            let json = try CommandRun(["key", "list", "--json"] + place.adminFlags)
            #expect(json.code == 0)
            #expect(json.output.contains(/"retired"\s*:\s*true/))
            #expect(try await app.tokens(1, place).first?.input.keyID == token.input.keyID)
            let unknown = try CommandRun(["key", "retire", "00000000", "--yes"] + place.adminFlags)
            #expect(unknown.code == 1)
            #expect(unknown.errors.hasPrefix("portes: error: "))
        }
    }

    @Test func theCommandsThatTheDemoPrintsWorkInAShell() async throws {
        try await withServers { servers, _, place in
            let shell = Process()
            let output = Pipe()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = ["-e", "-c", servers.commands(in: place).joined(separator: "\n")]
            shell.standardOutput = output
            try shell.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 0)
            #expect(text.split(separator: "\n").last?.split(separator: ".").count == 3, "\(text)")
        }
    }

    @Test func aVoucherIsRevokedByItsCodeFromAFile() async throws {
        try await withServers { _, _, place in
            let made = try CommandRun(
                ["voucher", "create", "--capability", "play", "--tokens", "5", "--json"] + place.adminFlags)
            #expect(made.code == 0 && made.errors.contains("portes: warning: no key of play issues"))
            #expect(made.errors.contains("portes: hint: make one: portes key create --capability play"))
            struct Made: Decodable { let code: String, id: String }
            let voucher = try #require(JSONDecoder().decode([Made].self, from: Data(made.output.utf8)).first)
            let file = try place.write(voucher.code + "\n", to: "code.txt")
            let asked = try CommandRun(["voucher", "revoke", "--voucher-file", file] + place.adminFlags)
            #expect(asked.code == 1 && asked.errors.contains("voucher \(voucher.id) is refused from now on: 5 of 5"))
            let revoked = try CommandRun(["voucher", "revoke", "--voucher-file", file, "--yes"] + place.adminFlags)
            #expect(revoked.code == 0 && revoked.output.contains(voucher.id) && revoked.output.contains("revoked"))
            #expect(!(asked.errors + revoked.output + revoked.errors).contains(voucher.code))
            #expect(try CommandRun(["voucher", "revoke", "--yes"] + place.adminFlags).code == 64)
        }
    }

    @Test func keysAreExportedForATrustedVerifierOnly() async throws {
        try await withServers { servers, app, place in
            let exported = try CommandRun(["key", "export", "--verifier", "demo"] + place.adminFlags)
            #expect(exported.code == 0)
            #expect(exported.output.split(separator: ".").count == 3)
            let unknown = try CommandRun(["key", "export", "--verifier", "nobody"] + place.adminFlags)
            #expect(unknown.code == 1)
            #expect(unknown.output.isEmpty && unknown.errors.hasPrefix("portes: error: "))
        }
    }
}
