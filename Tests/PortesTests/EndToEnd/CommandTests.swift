import Foundation
import KeySchedule
import TestSupport
import Testing

@testable import portes

/// Commands as a user types them: what they print, and how they exit.
@Suite struct CommandTests {
    private func run(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments) }

    private func withDirectory(_ body: (DemoDirectory) async throws -> Void) async throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(DemoDirectory(root.path))
    }

    @Test func wrongUsageExitsWith64AndAFailureWith1() throws {
        let usage = try run("key", "revoke")
        #expect(usage.code == 64)
        #expect(usage.errors.hasPrefix("portes: error: missing expected argument"))
        #expect(usage.output.isEmpty)
        let unknown = try run("nonsense")
        #expect(unknown.code == 64)
        let failure = try run("conformance", "/nonexistent/file.json")
        #expect(failure.code == 1)
        #expect(
            failure.errors == """
                portes: error: cannot read /nonexistent/file.json
                portes: hint: name a readable file of known answers

                """)
        #expect(failure.output == "total: 0 passed, 0 failed, 0 skipped\n")
    }

    @Test func helpGoesToStandardOutputAndExitsWith0() throws {
        for noun in [[], ["key"], ["token"], ["voucher"], ["verifier"], ["authority"], ["clearing"], ["demo"]] {
            let process = Process()
            let output = Pipe()
            process.executableURL = ChildProcess.executable
            process.arguments = noun + ["--help"]
            process.standardOutput = output
            try process.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(text.contains("USAGE"))
        }
    }

    @Test func commandsWorkTheSameWithAStoppedAndARunningServer() async throws {
        try await withDirectory { place in
            let create = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            #expect(create.contains("issuing"))
            let stopped = try await ChildProcess.run(["key", "list"] + place.adminFlags)
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            _ = try await server.waitForLine("listening on ")
            let running = try await ChildProcess.run(["key", "list"] + place.adminFlags)
            #expect(stable(running) == stable(stopped))
            let codes = try await ChildProcess.run(
                ["voucher", "create", "--capability", "session", "--tokens", "7", "--count", "3"] + place.adminFlags)
            #expect(codes.split(separator: "\n").count == 3)
            await server.terminate()
            let vouchers = try await ChildProcess.run(["voucher", "list"] + place.adminFlags)
            #expect(vouchers.split(separator: "\n").count == 4)
            for code in codes.split(separator: "\n") { #expect(!vouchers.contains(code)) }
        }
    }

    /// A table without spans of time, which go on, and the spaces that they take.
    private func stable(_ table: String) -> String {
        table.replacing(/\b[0-9]+[smhd]\b/, with: "").replacing(/\s+/, with: " ")
    }

    @Test func commandsAtOneTimeWaitForOneAnother() async throws {
        try await withDirectory { place in
            async let session = ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            async let play = ChildProcess.run(["key", "create", "--capability", "play"] + place.adminFlags)
            let tables = try await [session, play]
            #expect(tables.allSatisfy { $0.contains("issuing") })
        }
    }

    @Test(.timeLimit(.minutes(5))) func noLogLevelHidesAnOpenGate() async throws {
        try await withDirectory { place in
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example", "--development"]
                    + ["--log-level", "critical"] + place.adminFlags)
            let line = try? await server.waitForLine("portes: warning: the gate is open")
            #expect(line != nil)
            await server.terminate()
        }
    }

    @Test func aDestructiveCommandAsksAndDoesNothingWithoutAnAnswer() async throws {
        try await withDirectory { place in
            let key = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            let id = try #require(key.split(separator: "\n").last?.prefix(8)).description
            let refused = try CommandRun(["key", "revoke", id] + place.adminFlags)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("of session would be revoked: none of the 0 tokens issued under it"))
            #expect(refused.errors.contains("portes: hint: this cannot be undone; add --yes if it is meant"))
            #expect(try await ChildProcess.run(["key", "list"] + place.adminFlags).contains("issuing"))
            let retired = try CommandRun(["key", "retire", id] + place.adminFlags)
            #expect(retired.code == 1 && retired.errors.contains("add --yes if it is meant"))
        }
    }

    @Test(arguments: [
        ["key", "revoke", "00000000"], ["key", "retire", "00000000"], ["voucher", "revoke", "00000000"],
        ["verifier", "remove", "shop"],
    ])
    func whatDoesNotExistIsSaidBeforeAnythingIsAsked(arguments: [String]) async throws {
        try await withDirectory { place in
            _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            let refused = try CommandRun(arguments + place.adminFlags)
            #expect(refused.code == 1 && refused.errors.hasPrefix("portes: error: no "), "\(refused.errors)")
            #expect(!refused.errors.contains("--yes"))
        }
    }

    @Test func aRemovedVerifierCanBeAddedAgain() async throws {
        try await withDirectory { place in
            _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            let identity = try await ChildProcess.run(["clearing", "identity", "--data", place.clearingData])
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let add = ["verifier", "add", "shop", identity, "--capability", "session"] + place.adminFlags
            #expect(try await ChildProcess.run(add).contains(identity))
            let asked = try CommandRun(["verifier", "remove", "shop"] + place.adminFlags)
            #expect(asked.code == 1 && asked.errors.contains("it keeps the keys it has received"))
            #expect(!asked.errors.contains("cannot be undone"))
            #expect(try CommandRun(["verifier", "remove", "shop", "--yes"] + place.adminFlags).code == 0)
            #expect(try CommandRun(add).code == 0)
            #expect(try await ChildProcess.run(["verifier", "list"] + place.adminFlags).contains(identity))
        }
    }

    @Test func aWrongPassphraseAndAMissingDirectoryEachSaySo() async throws {
        try await withDirectory { place in
            let missing = try run("key", "list", "--data", place.root.appending(path: "nowhere").path)
            #expect(missing.code == 1)
            #expect(missing.errors.contains("there is no authority in"))
            _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            try place.write("another passphrase\n", to: "wrong")
            let wrong = try run(
                "key", "rotate", "session", "--data", place.authorityData, "--keys", place.keys, "--passphrase-file",
                place.root.appending(path: "wrong").path)
            #expect(wrong.code == 1)
            #expect(wrong.errors.contains("passphrase"))
        }
    }

    @Test func aForgottenKeyDirectoryIsSaidAndNoOtherIsMade() async throws {
        try await withDirectory { place in
            _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            let elsewhere = place.root.appending(path: "elsewhere").path
            let flags = ["--data", place.authorityData, "--keys", elsewhere, "--passphrase-file", place.passphraseFile]
            for command in [
                ["key", "create", "--capability", "play"], ["authority", "run", "--listen", "127.0.0.1:0"],
            ] {
                let refused = try CommandRun(command + flags)
                #expect(refused.code == 1)
                #expect(refused.errors.hasPrefix("portes: error: the keys of this authority are not in \(elsewhere)\n"))
                #expect(refused.errors.contains("--keys"))
            }
            #expect(!FileManager.default.fileExists(atPath: elsewhere))
        }
    }

    /// Each has something wrong that is only found on the way.
    @Test(arguments: ["passphrase-file", "data", "keys"], ["file", "/proc"])
    func aFirstKeyThatFailsLeavesNothingBehind(wrong: String, place parent: String) async throws {
        try await withDirectory { place in
            let file = try place.write("not a directory\n", to: "file")
            var flags = ["--data", "\(place.root.path)/a/data", "--keys", "\(place.root.path)/b/keys"]
            let outer = parent == "file" ? file : parent
            flags += ["--passphrase-file", place.passphraseFile, "--\(wrong)", "\(outer)/nowhere/at/all"]
            let before = try FileManager.default.contentsOfDirectory(atPath: place.root.path).sorted()
            let failed = try CommandRun(["key", "create", "--capability", "session"] + flags)
            #expect(failed.code == 1 && failed.errors.contains("portes: hint: "), "\(failed.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root.path).sorted() == before)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aRunningAuthorityLogsWhatAnAdminDidAndNoSecret() async throws {
        try await withDirectory { place in
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            #expect(try await server.waitForLine(" portes.authority: ready ").contains("issuer=issuer.example"))
            let key = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
            let id = try #require(key.split(separator: "\n").last?.prefix(8))
            let line = try await server.waitForLine(" portes.authority: an admin request was carried out ")
            #expect(line == "act=key-create capability=session key=\(id)")
            let code = try await ChildProcess.run(
                ["voucher", "create", "--capability", "session", "--tokens", "7"] + place.adminFlags)
            let voucher = try await server.waitForLine(" portes.authority: an admin request was carried out ")
            #expect(voucher == "act=voucher-create capability=session count=1" && !code.isEmpty)
            async let stopped = server.waitForLine(" portes.authority: stopped")
            await server.terminate()
            _ = try await stopped
        }
    }

    @Test(.timeLimit(.minutes(1))) func anAuthorityThatNamesItselfSaysSo() async throws {
        try await withDirectory { place in
            let port = 49_152 + Int.random(in: 0..<8_000)
            let server = try ChildProcess(["authority", "run", "--listen", "127.0.0.1:\(port)"] + place.adminFlags)
            let note = try await server.waitForLine("portes: note: this issuer is called ")
            #expect(note.hasPrefix("127.0.0.1:\(port) "))
            await server.terminate()
            let again = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            _ = try await again.waitForLine("listening on ")
            #expect(try await ChildProcess.run(["authority", "show"] + place.adminFlags).contains("issuer.example"))
            await again.terminate()
        }
    }

    @Test func withoutAnAuthorityKeyAClearingServerTakesOneAndSaysHowToPinIt() async throws {
        try await withDirectory { place in
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            let url = try await server.waitForLine("listening on ")
            let key = try await ChildProcess.run(["authority", "show", "--key"] + place.adminFlags)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let identity = try await ChildProcess.run(["clearing", "identity", "--data", place.clearingData])
                .trimmingCharacters(in: .whitespacesAndNewlines)
            _ = try await ChildProcess.run(
                ["verifier", "add", "--capability", "session"] + place.adminFlags + ["--", "shop", identity])
            let clearing = try ChildProcess(
                ["clearing", "run", "--data", place.clearingData, "--listen", "127.0.0.1:0", "--issuer", url],
                environment: ["PORTES_ORIGIN": "play.example", "PORTES_TOKENS": "any-origin"])
            #expect(try await clearing.waitForLine("to pin it: --authority-key=").hasPrefix(key))
            await clearing.terminate()
            // What the environment said is pinned, and so is the key.
            for other in [["--tokens", "own-origin"], ["--authority-key=" + String(repeating: "A", count: 43), "--tokens", "any-origin"]] {
                let again = try ChildProcess(
                    ["clearing", "run", "--data", place.clearingData, "--listen", "127.0.0.1:0", "--issuer", url,
                     "--origin", "play.example"] + other)
                #expect(try await again.waitForLine("this data directory belongs to the ").isEmpty == false)
                await again.terminate()
            }
            await server.terminate()
        }
    }

    @Test(arguments: [
        ("PORTES_TOKENS", "/nonsense"), ("PORTES_REVOCATION_LIMIT", "/nonsense"),
        ("PORTES_AUTHORITY_CERTIFICATE", "certificate"),
    ])
    func aClearingServerReadsItsSettingsFromTheEnvironment(variable: String, complaint: String) async throws {
        try await withDirectory { place in
            let clearing = try ChildProcess(
                ["clearing", "run", "--data", place.clearingData, "--listen", "127.0.0.1:0", "--origin", "play.example",
                 "--issuer", "http://127.0.0.1:1"],
                environment: [variable: "/nonsense"])
            #expect(try await clearing.waitForLine("portes: error: ").contains(complaint))
            await clearing.terminate()
        }
    }

    @Test func datesBeyondTheCalendarAreShownToo() {
        #expect(KeyTable.date(UnixTime(seconds: .max)).hasPrefix("9999-12-31"))
        #expect(KeyTable.date(UnixTime(seconds: .min)).hasPrefix("0001-01-0"))
        #expect(KeyTable.date(UnixTime(seconds: 0)).hasPrefix("1970-01-01"))
    }

    @Test func aMisspeltSettingNamesTheNearestOne() throws {
        #expect {
            try ConfigurationFile.parse("authority:\n  lisen: 127.0.0.1:1\n", path: "portes.yaml")
        } throws: { error in
            let failure = error as? CommandFailure
            return failure?.message == "portes.yaml: unknown setting authority.lisen"
                && failure?.hint == "did you mean listen?"
        }
        let file = try ConfigurationFile.parse(
            """
            authority:
              listen: 127.0.0.1:1
            clearing:
              revocation-limit: 5m
              capabilities:
                - name: play
                  revocation-limit: 10m

            """,
            path: "portes.yaml")
        #expect(file.authority?.listen == "127.0.0.1:1")
        #expect(file.clearing?.revocationLimit == "5m")
        #expect(file.clearing?.capabilities?.first?.revocationLimit == "10m")
        #expect(throws: CommandFailure.self) { try ConfigurationFile.parse("authority: [1", path: "portes.yaml") }
        #expect(throws: CommandFailure.self) { try ConfigurationFile.parse("authority:\n  listen: [1]\n", path: "x") }
    }

    @Test func spansOfTimeAreReadAndWritten() {
        let spans: [(String, Int64)] = [("0s", 0), ("90s", 90), ("15m", 900), ("1h", 3_600), ("7d", 604_800)]
        for (text, seconds) in spans {
            #expect(TimeSpan(text)?.seconds == seconds)
            #expect(TimeSpan(seconds: seconds).text == (seconds == 90 ? "90s" : text))
        }
        for bad in ["", "7", "d", "-1d", "1w", "1.5h", "99999999999999999999s", "40000d"] {
            #expect(TimeSpan(bad) == nil, "\(bad)")
        }
    }
}
