import Foundation
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// A clearing server that is backed up, lost and restored, with real servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ClearingBackupCommandTests {
    private struct Key: Decodable { let id: String }
    private struct Revoked: Decodable { let replacement: Key }
    private struct Restored: Decodable {
        let floor: Int
        let commands: [String]
    }

    private func backup(_ place: DemoDirectory, _ file: String) throws -> CommandRun {
        try CommandRun(
            ["clearing", "backup", file, "--data", place.clearingData, "--passphrase-file", place.passphraseFile])
    }

    private func restoring(_ place: DemoDirectory, _ servers: DemoServers, _ file: String) -> [String] {
        [
            "clearing", "restore", file, "--data", place.clearingData, "--issuer", servers.authorityURL,
            "--passphrase-file", place.passphraseFile,
        ]
    }

    /// What the authority's signed head says the time is.
    private func headTime(_ servers: DemoServers) async throws -> Int {
        let text = try await get(servers.authorityURL + "/revocations/head")
        let payload = try #require(Base64URL.decode(text.split(separator: ".")[1]))
        return try JSONDecoder().decode(Head.self, from: Data(payload)).time
    }

    private struct Head: Decodable { let time: Int }

    private func start(_ place: DemoDirectory, _ servers: DemoServers) throws -> ChildProcess {
        try ChildProcess([
            "clearing", "run", "--listen", "127.0.0.1:0", "--data", place.clearingData, "--issuer",
            servers.authorityURL, "--origin", DemoServers.originName, "--capability", "session",
        ])
    }

    @Test func aRestoredServerTakesNoTokenTwiceAndTheNextKeysWork() async throws {
        try await withServers { servers, app, place in
            let file = place.root.path + "/clearing.backup"
            let tokens = try await app.tokens(3, place)
            #expect(try await app.redeem(tokens[0], binding: Randomness.bytes(32)).outcome == "spent")
            let made = try backup(place, file)
            #expect(made.code == 0 && made.output == file + "\n", "\(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: place.clearingData + "/snapshot.sqlite"))
            #expect(try backup(place, file).errors.contains("exists already"))
            #expect(try await app.redeem(tokens[1], binding: Randomness.bytes(32)).outcome == "spent")

            let running = try CommandRun(restoring(place, servers, file) + ["--yes"])
            #expect(running.code == 1 && running.errors.contains("another process uses \(place.clearingData)"))
            await servers.clearing.terminate()
            // The ledger is lost, and the server says what to do.
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: place.clearingData + "/clearing.sqlite" + suffix)
            }
            let lost = try start(place, servers)
            #expect(try await lost.waitForLine("portes: hint: ").contains("portes clearing restore FILE"))
            await lost.terminate()

            let asked = try CommandRun(restoring(place, servers, file))
            #expect(asked.code == 1 && asked.errors.contains("for ever it refuses the tokens of the 1 keys"))
            #expect(asked.errors.contains("add --yes if it is meant"))
            #expect(!FileManager.default.fileExists(atPath: place.clearingData + "/clearing.sqlite"))
            let restored = try CommandRun(restoring(place, servers, file) + ["--yes"])
            #expect(restored.code == 0, "\(restored.errors)")
            let id = tokens[0].input.keyID.hexadecimal
            #expect(restored.errors.contains("for ever it refuses the tokens of the 1 keys"))
            #expect(restored.output == "portes key revoke \(id) --reason ledger-lost\n")
            #expect(restored.errors.contains("at least 1 tokens were spent") && restored.errors.contains(".replaced-"))

            let again = try start(place, servers)
            let url = try await again.waitForLine("listening on ")
            let after = try DemoApp(authorityURL: servers.authorityURL, clearingURL: url)
            for token in tokens {
                // Its keys and the revocation list arrive first.
                var outcome = "unknown-key"
                while ["unknown-key", "not-ready", "revocation-list-stale"].contains(outcome) {
                    outcome = try await after.redeem(token, binding: Randomness.bytes(32)).outcome
                }
                #expect(outcome == "ledger-lost")
            }
            // What was printed, as the authority's admin types it.
            let command = restored.output.split(separator: "\n")[0].split(separator: " ").dropFirst().map(String.init)
            #expect(try CommandRun(command + ["--yes"] + place.adminFlags).code == 0)
            let fresh = try await after.tokens(1, place)[0]
            var outcome = "unknown-key"
            while ["unknown-key", "not-ready"].contains(outcome) {
                outcome = try await after.redeem(fresh, binding: Randomness.bytes(32)).outcome
            }
            #expect(outcome == "spent")
            await after.close()
            await again.terminate()
        }
    }

    @Test func aBackupWithoutAServerAndEachUselessOne() async throws {
        try await withServers { servers, _, place in
            await servers.clearing.terminate()
            let file = place.root.path + "/clearing.backup"
            #expect(try backup(place, file).code == 0)
            // The backup does not know this one.
            let list = try CommandRun(["key", "list", "--json"] + place.adminFlags)
            let keys = try JSONDecoder().decode([Key].self, from: Data(list.output.utf8))
            let revoke = ["key", "revoke", try #require(keys.first).id, "--yes", "--json"]
            let revoked = try CommandRun(revoke + place.adminFlags)
            let later = try JSONDecoder().decode(Revoked.self, from: Data(revoked.output.utf8)).replacement.id
            let names = try FileManager.default.contentsOfDirectory(atPath: place.root.path).sorted()
            let ledger = try Data(contentsOf: URL(filePath: place.clearingData + "/clearing.sqlite"))
            func refused(_ arguments: [String], _ words: String) throws {
                let run = try CommandRun(arguments + ["--yes"])
                #expect(run.code == 1 && run.errors.contains(words), "\(run.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: place.root.path).sorted() == names)
                #expect(try Data(contentsOf: URL(filePath: place.clearingData + "/clearing.sqlite")) == ledger)
            }
            let good = try Data(contentsOf: URL(filePath: file))
            var bad = good
            bad[bad.count / 2] ^= 1
            try bad.write(to: URL(filePath: file))
            try refused(restoring(place, servers, file), "the backup \(file) is damaged")
            try good.prefix(good.count / 2).write(to: URL(filePath: file))
            try refused(restoring(place, servers, file), "the backup \(file) is cut off")
            try good.write(to: URL(filePath: file))
            chmod(file, 0o644)
            try refused(restoring(place, servers, file), "other users may read or write the backup")
            chmod(file, 0o600)
            var wrong = restoring(place, servers, file)
            wrong[wrong.count - 1] = file
            try refused(wrong, "the passphrase")
            try refused(restoring(place, servers, place.passphraseFile), "is no backup made by this program")
            // An authority that is not the pinned one, and none at all.
            let key = Base64URL.encode(Ed25519.PrivateKey().publicKey.encoded.bytes, padded: false)
            try refused(
                restoring(place, servers, file) + ["--authority-key=" + key], "of a server of another authority")
            var away = restoring(place, servers, file)
            away[6] = "http://127.0.0.1:1"
            try refused(away, "127.0.0.1")
            // Into a directory of another server, and into a new one.
            let other = place.root.path + "/other"
            #expect(try CommandRun(["clearing", "identity", "--data", other]).code == 0)
            var elsewhere = restoring(place, servers, file)
            elsewhere[4] = other
            let refusedOther = try CommandRun(elsewhere + ["--yes"])
            #expect(refusedOther.errors.contains("belongs to another clearing server than the backup"))
            elsewhere[4] = place.root.path + "/new/place"
            let before = try await headTime(servers)
            let json = try CommandRun(elsewhere + ["--yes", "--json"])
            #expect(json.code == 0 && json.output.contains("\"floor\""), "\(json.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root.path + "/new") == ["place"])
            // Keys up to the time of the restore, by the authority's signed clock, are refused, and are to be revoked.
            let shown = try JSONDecoder().decode(Restored.self, from: Data(json.output.utf8))
            let after = try await headTime(servers)
            #expect((before...after).contains(shown.floor), "\(before) \(shown.floor) \(after)")
            #expect(shown.commands.contains("portes key revoke \(later) --reason ledger-lost"))
            // The server is the one that it was, with all its keys.
            let keyFiles = try FileManager.default.contentsOfDirectory(atPath: place.clearingData).filter {
                // Sessions get another key: which of them were closed since the backup is not known.
                $0.hasSuffix(".key") && $0 != "sessions.key"
            }
            #expect(keyFiles.count == 3)
            for name in keyFiles {
                #expect(
                    try Data(contentsOf: URL(filePath: place.clearingData + "/" + name))
                        == Data(contentsOf: URL(filePath: place.root.path + "/new/place/" + name)), "\(name)")
            }
            let names2 = json.output.matches(of: /"([^"]*)"\s*:/).map { String($0.1) }
            #expect(names2.allSatisfy { $0.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil })
            let nothing = try CommandRun([
                "clearing", "backup", file + "-2", "--data", place.root.path + "/nowhere", "--passphrase-file",
                place.passphraseFile,
            ])
            #expect(nothing.code == 1 && nothing.errors.contains("there is no database of a clearing server in"))
        }
    }

    @Test func aRestoreThatIsKilledLeavesADirectoryThatStarts() async throws {
        try await withServers { servers, _, place in
            let file = place.root.path + "/clearing.backup"
            #expect(try backup(place, file).code == 0)
            await servers.clearing.terminate()
            for delay in [300, 900, 1_300] {
                let restore = try ChildProcess(restoring(place, servers, file) + ["--yes"])
                try await Task.sleep(for: .milliseconds(delay))
                await restore.kill()
                let server = try start(place, servers)
                #expect(try await server.waitForLine("listening on ").hasPrefix("http"))
                await server.terminate()
            }
        }
    }
}
