import Foundation
import TestSupport
import Testing

@testable import portes

/// What commands say of what they did, to people and to programs.
@Suite(.timeLimit(.minutes(5))) struct CommandResultTests {
    private func run(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments) }

    @Test func aFileThatWasNotCheckedFailsTheRunAndNotTheOtherFiles() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let empty = try place.write("[]", to: "empty.json")
        let other = try place.write("[{}]", to: "other.json")
        let mixed = try run("conformance", "/nonexistent/file.json", other)
        #expect(mixed.code == 1)
        let counts = "0 passed, 0 failed, 1 skipped\n"
        #expect(mixed.output.hasSuffix("other.json: \(counts)total: \(counts)"))
        let nothing = try run("conformance", empty)
        #expect(nothing.code == 1 && nothing.errors.contains("holds no vector"))
        #expect(try run("conformance", other).code == 0)
    }

    @Test func aPassphraseThatOthersMayReadIsWarnedOf() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let create = ["key", "create", "--capability", "session"] + place.adminFlags
        #expect(try !CommandRun(create).errors.contains("warning"))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: place.passphraseFile)
        let warned = try CommandRun(["key", "create", "--capability", "play"] + place.adminFlags)
        #expect(warned.code == 0 && warned.errors.contains("portes: hint: chmod 600 \(place.passphraseFile)\n"))
    }

    @Test func aKeyThatIsRevokedStaysRevokedForTheFirstReason() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let made = try CommandRun(["key", "create", "--capability", "session", "--json"] + place.adminFlags)
        struct Key: Decodable { let id: String }
        let id = try JSONDecoder().decode(Key.self, from: Data(made.output.utf8)).id
        let revoke = ["key", "revoke", id, "--yes"] + place.adminFlags
        #expect(try CommandRun(revoke + ["--reason", "withdrawn"]).errors.isEmpty)
        let again = try CommandRun(revoke + ["--compromised"])
        #expect(again.code == 0 && again.errors.contains("nothing was changed") && again.errors.contains("withdrawn"))
    }

    @Test func jsonNamesAreLowerCaseWithHyphens() async throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let identity = try run("clearing", "identity", "--json", "--data", place.clearingData)
        let publicKey = try run("clearing", "identity", "--data", place.clearingData).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let server = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
        _ = try await server.waitForLine("listening on ")
        let vectors = try place.write("[{}]", to: "vectors.json")
        var outputs = [identity.output, try run("conformance", vectors, "--json").output]
        let commands = [
            ["key", "create", "--capability", "session"], ["key", "list"], ["authority", "show"],
            ["verifier", "add", "shop", publicKey, "--capability", "session"],
            ["verifier", "list"], ["key", "export", "--verifier", "shop"],
            ["voucher", "create", "--capability", "session", "--tokens", "5"], ["voucher", "list"],
        ]
        for command in commands {
            let run = try CommandRun(command + ["--json"] + place.adminFlags)
            #expect(run.code == 0, "\(command) \(run.errors)")
            outputs.append(run.output)
        }
        await server.terminate()
        struct Key: Decodable { let id: String }
        let id = try JSONDecoder().decode(Key.self, from: Data(outputs[2].utf8)).id
        outputs.append(try CommandRun(["key", "revoke", id, "--yes", "--json"] + place.adminFlags).output)
        let encoder = JSONEncoder()
        let tokens = WalletList.Tokens(
            capability: "session", tokenType: 5, issuer: "a", origins: ["b"], isForOneChallenge: true, key: "c",
            setAside: [WalletList.SetAside(origin: "b", reason: "revoked-key")])
        outputs.append(String(decoding: try encoder.encode(tokens), as: UTF8.self))
        for output in outputs {
            let names = output.matches(of: /"([^"]*)"\s*:/).map { String($0.1) }
            #expect(!names.isEmpty)
            for name in names { #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, "\(name)") }
        }
    }
}
