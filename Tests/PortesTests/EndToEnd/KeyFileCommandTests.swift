import Foundation
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// The commands about the key directory as a user types them.
@Suite(.timeLimit(.minutes(10))) struct KeyFileCommandTests {
    private struct Key: Decodable { let id: String }

    private func withDirectory(_ body: (DemoDirectory) async throws -> Void) async throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(DemoDirectory(root.path))
    }

    /// Makes a key that can be rotated at any time, and gives its id.
    private func makeKey(_ place: DemoDirectory, of capability: String = "session") throws -> String {
        let made = try CommandRun(
            ["key", "create", "--json", "--development", "--capability", capability] + place.adminFlags)
        return try JSONDecoder().decode(Key.self, from: Data(made.output.utf8)).id
    }

    private func secret(_ id: String, in place: DemoDirectory) -> String { place.keys + "/" + id + ".token" }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func thePassphraseIsChangedBesideARunningServer() async throws {
        try await withDirectory { place in
            _ = try makeKey(place)
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            _ = try await server.waitForLine("listening on ")
            let new = try place.write("another one\n", to: "new")
            let verb = ["key", "passphrase", "change", "--keys", place.keys]
            let change = verb + ["--passphrase-file", place.passphraseFile]
            let changed = try CommandRun(change + ["--new-passphrase-file", new, "--json"])
            #expect(changed.code == 0 && changed.output.contains("\"keys\""), "\(changed.errors)")
            #expect(changed.errors.contains("copies of wrapping.json from before open with the old one"))
            // The server goes on with what it has open.
            #expect(try CommandRun(["key", "rotate", "session", "--data", place.authorityData]).code == 0)
            await server.terminate()
            let old = try CommandRun(["key", "rotate", "session"] + place.adminFlags)
            #expect(old.code == 1 && old.errors.contains("the passphrase does not open \(place.keys)"))
            let flags = ["--data", place.authorityData, "--keys", place.keys, "--passphrase-file", new]
            #expect(try CommandRun(["key", "rotate", "session"] + flags).code == 0)
            // What cannot be meant.
            let same = try CommandRun(verb + ["--passphrase-file", new, "--new-passphrase-file", new])
            #expect(same.code == 1 && same.errors.contains("the new passphrase is the same as the old one"))
            let wrong = try CommandRun(change + ["--new-passphrase-file", new])
            #expect(wrong.code == 1)
            let nowhere = try CommandRun(["key", "passphrase", "change", "--keys", place.root.path + "/nowhere"])
            #expect(nowhere.code == 1 && nowhere.errors.contains("there is no key directory at"))
        }
    }

    @Test func aPassphraseComesFromACredentialOfSystemdByItsName() async throws {
        try await withDirectory { place in
            let directories = ["--data", place.authorityData, "--keys", place.keys, "--passphrase-file"]
            let flags = directories + ["credential:passphrase"]
            let create = ["key", "create", "--capability", "session", "--development"] + flags
            let given = ["CREDENTIALS_DIRECTORY": place.root.path]
            #expect(try CommandRun(create, environment: given).code == 0)
            #expect(try CommandRun(["key", "rotate", "session"] + place.adminFlags).code == 0)
            for environment in [[:], ["CREDENTIALS_DIRECTORY": place.root.path + "/authority"]] {
                let missing = try CommandRun(["key", "rotate", "session"] + flags, environment: environment)
                #expect(missing.code == 1)
                #expect(missing.errors.contains("systemd gave this process no credential 'passphrase'"))
                #expect(missing.errors.contains("LoadCredential=passphrase:FILE"))
            }
            let escaped = try CommandRun(
                ["key", "rotate", "session"] + directories + ["credential:../passphrase"],
                environment: ["CREDENTIALS_DIRECTORY": place.authorityData])
            #expect(escaped.code == 1 && escaped.errors.contains("no credential"))
        }
    }

    @Test func missingSecretsComeBackAndKeysThatHaveMovedOnDoNot() async throws {
        try await withDirectory { place in
            let session = try makeKey(place)
            let play = try makeKey(place, of: "play")
            let gone = try makeKey(place, of: "gone")
            let file = place.root.path + "/keys.backup"
            let backup = try CommandRun(["key", "backup", file, "--json"] + place.adminFlags)
            #expect(backup.code == 0 && backup.output.contains(session), "\(backup.errors)")
            #expect(try CommandRun(["key", "backup", file] + place.adminFlags).errors.contains("exists already"))
            #expect(try CommandRun(["key", "revoke", gone, "--yes"] + place.adminFlags).code == 0)

            // Nothing is missing: nothing is done. One file is replaced by none.
            let whole = try CommandRun(["key", "restore", file] + place.adminFlags)
            #expect(whole.code == 0 && !whole.output.contains("restored"))
            for id in [session, gone] { try FileManager.default.removeItem(atPath: secret(id, in: place)) }
            let kept = try Data(contentsOf: URL(filePath: secret(play, in: place)))
            let restored = try CommandRun(["key", "restore", file] + place.adminFlags)
            #expect(restored.code == 0, "\(restored.errors)")
            func result(_ id: String) -> Substring? {
                restored.output.split(separator: "\n").first { $0.hasPrefix(id.prefix(16)) }?.split(separator: " ").last
            }
            #expect(result(session) == "restored" && result(gone) == "revoked")
            #expect(restored.errors.contains("key \(gone.prefix(16)) is not restored"))
            #expect(exists(secret(session, in: place)) && !exists(secret(gone, in: place)))
            #expect(try Data(contentsOf: URL(filePath: secret(play, in: place))) == kept)

            // The whole directory is gone: it is made, and the authority starts with it. The revoked key has a
            // successor.
            let newer = file + "-2"
            #expect(try CommandRun(["key", "backup", newer] + place.adminFlags).code == 0)
            try FileManager.default.removeItem(atPath: place.keys)
            let again = try CommandRun(["key", "restore", newer, "--json"] + place.adminFlags)
            #expect(again.code == 0 && again.output.contains("\"restored\""), "\(again.errors)")
            #expect(try CommandRun(["key", "rotate", "session"] + place.adminFlags).code == 0)
            // A key made after the backup is not in it, and that is said.
            let late = try #require(
                FileManager.default.contentsOfDirectory(atPath: place.keys).first { name in
                    name.hasSuffix(".token") && !again.output.contains(name)
                }?.split(separator: ".").first)
            try FileManager.default.removeItem(atPath: secret(String(late), in: place))
            let missing = try CommandRun(["key", "restore", newer] + place.adminFlags)
            #expect(
                missing.errors.contains("key \(late.prefix(16)) of session is issuing and its secret is still missing"))
        }
    }

    @Test func aSecretWhoseKeyIsNotOnRecordIsNotPutBack() async throws {
        try await withDirectory { place in
            _ = try makeKey(place)
            let older = place.root.path + "/older"
            try FileManager.default.copyItem(atPath: place.authorityData, toPath: older)
            let id = try makeKey(place, of: "play")
            let file = place.root.path + "/keys.backup"
            #expect(try CommandRun(["key", "backup", file] + place.adminFlags).code == 0)
            try FileManager.default.removeItem(atPath: secret(id, in: place))
            try FileManager.default.removeItem(atPath: place.authorityData)
            try FileManager.default.moveItem(atPath: older, toPath: place.authorityData)
            let run = try CommandRun(["key", "restore", file] + place.adminFlags)
            #expect(run.output.contains("unknown") && !run.output.contains("restored"), "\(run.output)\(run.errors)")
            #expect(!exists(secret(id, in: place)))
        }
    }

    @Test func aKeyWhoseSecretIsLostCanBeGivenUp() async throws {
        try await withDirectory { place in
            let id = try makeKey(place)
            try FileManager.default.removeItem(atPath: secret(id, in: place))
            let create = try CommandRun(["key", "create", "--capability", "play", "--development"] + place.adminFlags)
            #expect(create.code == 1 && create.errors.contains("does not exist"))
            let revoked = try CommandRun(["key", "revoke", id, "--yes"] + place.adminFlags)
            #expect(revoked.code == 0 && revoked.output.contains("issues in its place"), "\(revoked.errors)")
            #expect(try CommandRun(["key", "rotate", "session"] + place.adminFlags).code == 0)
        }
    }

    @Test func anAuthorityDoesNotBeginAnewOverTheKeysOfALostOne() async throws {
        try await withDirectory { place in
            let id = try makeKey(place)
            try FileManager.default.removeItem(atPath: place.authorityData)
            let names = try FileManager.default.contentsOfDirectory(atPath: place.keys).sorted()
            let run = ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"]
            for command in [run, ["key", "create", "--capability", "session"]] {
                let refused = try CommandRun(command + place.adminFlags)
                #expect(refused.code == 1 && refused.errors.contains("holds the keys of an authority whose data is not"))
            }
            #expect(!FileManager.default.fileExists(atPath: place.authorityData))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.keys).sorted() == names)
            #expect(exists(secret(id, in: place)))
        }
    }

    @Test func aMachineThatIsLostComesBackFromBothBackups() async throws {
        try await withDirectory { place in
            let id = try makeKey(place)
            let (keys, data) = (place.root.path + "/keys.backup", place.root.path + "/authority.backup")
            #expect(try CommandRun(["key", "backup", keys] + place.adminFlags).code == 0)
            let own = ["--backup-passphrase-file", place.passphraseFile]
            #expect(try CommandRun(["authority", "backup", data] + own + place.adminFlags).code == 0)
            for path in [place.authorityData, place.keys] { try FileManager.default.removeItem(atPath: path) }
            let first = try CommandRun(["key", "restore", keys] + place.adminFlags)
            #expect(first.code == 0 && first.errors.contains("portes authority restore"), "\(first.errors)")
            #expect(exists(secret(id, in: place)))
            let second = try CommandRun(
                ["authority", "restore", data, "--nothing-newer", "--yes"] + own + place.adminFlags)
            #expect(second.code == 0, "\(second.errors)")
            let list = try CommandRun(["key", "list"] + place.adminFlags)
            #expect(list.output.contains("revoked") && list.output.contains("issuing"), "\(list.output)")
        }
    }

    @Test func eachUselessBackupIsNamedAndHarmsNothing() async throws {
        try await withDirectory { place in
            let id = try makeKey(place)
            let own = try place.write("a passphrase of its own\n", to: "own")
            let file = place.root.path + "/keys.backup"
            let flags = ["--backup-passphrase-file", own] + place.adminFlags
            #expect(try CommandRun(["key", "backup", file] + flags).code == 0)
            try FileManager.default.removeItem(atPath: secret(id, in: place))
            let before = try FileManager.default.contentsOfDirectory(atPath: place.keys).sorted()
            func refused(_ arguments: [String], _ words: String) throws {
                let run = try CommandRun(["key", "restore"] + arguments)
                #expect(run.code == 1 && run.errors.contains(words), "\(run.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: place.keys).sorted() == before)
            }
            try refused([file] + place.adminFlags, "the passphrase does not open the backup \(file)")
            let good = try Data(contentsOf: URL(filePath: file))
            var bad = good
            bad[bad.count - 10] ^= 1
            try bad.write(to: URL(filePath: file))
            try refused([file] + flags, "the backup \(file) is damaged")
            try good.prefix(200).write(to: URL(filePath: file))
            try refused([file] + flags, "the backup \(file) is cut off")
            try good.write(to: URL(filePath: file))
            chmod(file, 0o644)
            try refused([file] + flags, "other users may read or write the backup")
            chmod(file, 0o600)
            try refused([place.passphraseFile] + flags, "is no backup made by this program")
            // Of another authority.
            let other = try DemoDirectory(place.root.path + "/other")
            _ = try makeKey(other)
            let foreign = place.root.path + "/foreign.backup"
            #expect(try CommandRun(["key", "backup", foreign] + other.adminFlags).code == 0)
            try refused(
                [foreign, "--backup-passphrase-file", other.passphraseFile] + place.adminFlags,
                "is a backup of another authority")
            let restored = try CommandRun(["key", "restore", file] + flags)
            #expect(restored.code == 0 && exists(secret(id, in: place)), "\(restored.errors)")
        }
    }

    @Test func aSecretThatBelongsToNoKeyOnRecordIsTold() async throws {
        try await withDirectory { place in
            let id = try makeKey(place)
            let stray = String(repeating: "ab", count: 32)
            try FileManager.default.copyItem(atPath: secret(id, in: place), toPath: secret(stray, in: place))
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            let told = try await server.waitForLine("portes: warning: \(place.keys) has ")
            #expect(told == "secrets that belong to no key on record: 1")
            await server.terminate()
        }
    }

    @Test func aSecretFromOutsideBecomesAKey() async throws {
        try await withDirectory { place in
            _ = try makeKey(place)
            let scalar = SecretScalar().encoded().withUnsafeBytes { Array($0) }
            let hex = try place.write(Hexadecimal.encode(scalar) + "\n", to: "secret.hex")
            let server = try ChildProcess(
                ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
            _ = try await server.waitForLine("listening on ")
            let imported = try CommandRun(["key", "import", hex, "--capability", "play", "--development", "--json"] + place.adminFlags)
            #expect(imported.code == 0, "\(imported.errors)")
            let id = try JSONDecoder().decode(Key.self, from: Data(imported.output.utf8)).id
            #expect(exists(secret(id, in: place)) && imported.output.contains("issuing"))
            let again = try CommandRun(["key", "import", hex, "--capability", "play"] + place.adminFlags)
            #expect(again.code == 1 && again.errors.contains("this authority has had that key already"))
            #expect(exists(secret(id, in: place)), "the secret of a key in use was taken away")
            await server.terminate()
            // Raw bytes, without a server; a window that is taken leaves nothing behind.
            let raw = place.root.path + "/secret.raw"
            try Data(SecretScalar().encoded().withUnsafeBytes { Array($0) }).write(to: URL(filePath: raw))
            chmod(raw, 0o600)
            let before = try FileManager.default.contentsOfDirectory(atPath: place.keys).count
            let soon = String(Int(Date.now.timeIntervalSince1970) + 1_000)
            let overlaps = try CommandRun(
                ["key", "import", raw, "--capability", "play", "--development", "--not-before", soon]
                    + place.adminFlags)
            #expect(overlaps.code == 1 && overlaps.errors.contains("issues in the same time"), "\(overlaps.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.keys).count == before)
            #expect(try CommandRun(["key", "import", raw, "--capability", "third"] + place.adminFlags).code == 0)
            // What is no scalar.
            for (name, text, words) in [
                ("zero", String(repeating: "0", count: 64), "it is zero, or not below the group order"),
                ("order", "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", "the group order"),
                ("short", "abcd", "holds no secret of a key"),
                ("words", String(repeating: "x", count: 64), "holds no secret"),
            ] {
                let bad = try place.write(text, to: name)
                let refused = try CommandRun(["key", "import", bad, "--capability", "fourth"] + place.adminFlags)
                #expect(refused.code == 1 && refused.errors.contains(words), "\(refused.errors)")
            }
        }
    }
}
