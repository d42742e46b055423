import Foundation
import KeyFiles
import LibSodium
import TestSupport
import Testing

struct PassphraseChangeTests {
    let temporary: TemporaryDirectory
    let name = KeyFileName(.token, id: Randomness.bytes32())
    let secret = Randomness.bytes(32)

    init() throws {
        temporary = try TemporaryDirectory()
        try open("old").store(SecretBytes(copying: secret), as: name)
    }

    private func open(_ passphrase: String) throws -> KeyDirectory {
        try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: Array(passphrase.utf8)), cost: .minimal)
    }

    private func change(_ old: String, _ new: String) throws {
        try KeyDirectory.changePassphrase(
            at: temporary.path, from: SecretBytes(copying: Array(old.utf8)), to: SecretBytes(copying: Array(new.utf8)),
            cost: .minimal)
    }

    @Test func theNewPassphraseOpensEverythingAndTheOldOneNothing() throws {
        let keyFile = try temporary.bytes(temporary.path + "/" + name.fileName)
        try change("old", "new")
        #expect(try open("new").load(name).withUnsafeBytes { Array($0) } == secret)
        #expect(throws: KeyFileError.wrongPassphrase(directory: temporary.path)) { try open("old") }
        #expect(try temporary.bytes(temporary.path + "/" + name.fileName) == keyFile)
        #expect(try temporary.mode(temporary.path + "/wrapping.json") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).count == 2)
    }

    @Test func whoHasTheDirectoryOpenGoesOn() throws {
        let running = try open("old")
        try change("old", "new")
        let another = KeyFileName(.token, id: Randomness.bytes32())
        try running.store(SecretBytes(copying: [7]), as: another)
        #expect(try running.load(name).count == 32)
        #expect(try open("new").load(another).withUnsafeBytes { Array($0) } == [7])
    }

    @Test func aWrongPassphraseChangesNothing() throws {
        let before = try temporary.bytes(temporary.path + "/wrapping.json")
        #expect(throws: KeyFileError.wrongPassphrase(directory: temporary.path)) { try change("other", "new") }
        #expect(try temporary.bytes(temporary.path + "/wrapping.json") == before)
    }

    @Test func anOldCopyStillOpensWithTheOldPassphrase() throws {
        let before = try temporary.bytes(temporary.path + "/wrapping.json")
        try change("old", "new")
        try temporary.overwrite(temporary.path + "/wrapping.json", before)
        #expect(try open("old").load(name).count == 32)
    }

    @Test func ofTwoChangesAtOneTimeOneIsRefused() async throws {
        let outcomes = await withTaskGroup { group in
            for new in ["a", "b", "c", "d", "e", "f", "g", "h"] {
                group.addTask { Result { try change("old", new) }.map { new } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let accepted = outcomes.compactMap { try? $0.get() }
        // Whoever read the file before another change was through is told; who came later had the wrong passphrase.
        #expect(accepted.count == 1)
        #expect(try open(#require(accepted.first)).load(name).count == 32)
    }

    @Test func aDirectoryThatIsNotThereIsNotMade() throws {
        let path = temporary.path + "/nowhere"
        #expect(throws: KeyFileError.notFound(path: path)) {
            try KeyDirectory.changePassphrase(
                at: path, from: SecretBytes(copying: [1]), to: SecretBytes(copying: [2]), cost: .minimal)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFileOfALaterVersionIsToldFromADamagedOne() throws {
        let wrapping = temporary.path + "/wrapping.json"
        let digest = KeyedBLAKE2b.hash(Array("hardware=yes\nversion=3\n".utf8)).bytes
        let hex = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let text = "{\"digest\":\"\(hex)\",\"hardware\":\"yes\",\"version\":3}\n"
        try temporary.overwrite(wrapping, Array(text.utf8))
        #expect(throws: KeyFileError.laterVersion(path: wrapping)) { try open("old") }
        try temporary.overwrite(wrapping, Array(text.replacing("yes", with: "no").utf8))
        #expect(throws: KeyFileError.corrupt(path: wrapping)) { try open("old") }
    }
}

/// A key directory as the first version of this program left it: its passphrase led straight to the wrapping key.
struct FirstVersionTests {
    private static let wrapping = """
        {
          "algorithm" : "argon2id",
          "check" : "e4a1a9dbb5842ba09ff60da63c045905513d9791ae39354b3a69b3d0d74262edc336f3dba924e5aa\
        49a4bc71f629efac7cee6b5970a6acb08eb85592012f0378",
          "digest" : "8d99adfea31da4330b5db57feacaea6ee41cdacf2e69f11961d8a8d433227bbb",
          "memoryKiB" : 262144,
          "passes" : 3,
          "salt" : "a279f6a73c97ad2774bc8a5f166da916",
          "version" : 1
        }
        """
    private static let names = [
        ("1c3e1edc20189b258b37927f51dc2f6c562aaf9c2a8688dbc61c5e8905505042.revocation-head",
         "UE9SVEVTSzEp1o1vEMEJ3WQse5deuY85AEjkZhm/vsDr0HqaAYgVLGv9FGLXXhxgfmu/ID46z9Rkhe6Alg4BBPRQ"
            + "QuEI81a7GUrsojjpf5Qpuv6gVIeUs+jIyr48VkjDu8DFbgNtIFt9bFEzKUFJ3CxNRMNfJLPIYGK8mYb6xXOFbw=="),
        ("8a626af6ac54a2332c62afbca9cec1ae3deaa7dc98ac21ab6b229416da2dfbbc.token",
         "UE9SVEVTSzEp1o1vEMEJ3WQse5deuY85AEjACghM+yeF5DU3bLzMyDihzb6MOGWCoagqAnA3DYNW1vxs9dmcNdsE"
            + "tYGZctrIAIQ2JhpAfNcRLDmMRZ0cI5yJYHp6NoYMgqMeE1vPhOFJQUr0kTez8V43qOrLCnp+8zn9PCOHhPJPrw=="),
        ("b4d3cf8e2f672f5832ef6540627f75d903ef0bc752b995c488499afdc493e3b5.key-delivery",
         "UE9SVEVTSzEp1o1vEMEJ3WQse5deuY85AEglpJgnwU1P0aJudUvGh3MTUbksxGlGYjDBNE9bUqxHdmADYG8oeaRk"
            + "AQc072E8WzTvk/FTii4SHnJTCfGwN6CdD5oaZqOWbOcVgzoUCnvg7uWAp+rbKjLV4SGJfNhiC5PLZ62cMHubLA=="),
    ]

    private func directory() throws -> TemporaryDirectory {
        let temporary = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: temporary.path, withIntermediateDirectories: false)
        let files = Self.names.map { ($0, Data(base64Encoded: $1) ?? Data()) }
        for (name, contents) in files + [("wrapping.json", Data((Self.wrapping + "\n").utf8))] {
            try contents.write(to: URL(filePath: temporary.path + "/" + name))
            chmod(temporary.path + "/" + name, 0o600)
        }
        return temporary
    }

    private func loadsAll(_ keys: KeyDirectory) throws -> Bool {
        try keys.list().count == Self.names.count && keys.list().allSatisfy { try keys.load($0).count == 32 }
    }

    @Test func itOpensAndItsPassphraseCanChange() throws {
        let temporary = try directory()
        let old = SecretBytes(copying: Array("open sesame".utf8))
        let running = try KeyDirectory(temporary.path, passphrase: old)
        #expect(try loadsAll(running))
        try KeyDirectory.changePassphrase(
            at: temporary.path, from: old, to: SecretBytes(copying: [1]), cost: .minimal)
        let text = String(decoding: try temporary.bytes(temporary.path + "/wrapping.json"), as: UTF8.self)
        #expect(text.contains("\"version\" : 2"))
        let keys = try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [1]))
        #expect(try loadsAll(keys) && loadsAll(running))
        #expect(throws: KeyFileError.wrongPassphrase(directory: temporary.path)) {
            try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [2]))
        }
    }

    @Test func aFlippedBitOfItsWrappingIsDamage() throws {
        let temporary = try directory()
        let wrapping = temporary.path + "/wrapping.json"
        let good = try temporary.bytes(wrapping)
        // Not in the white space, where it means nothing.
        for index in good.indices where ![0x20, 0x0a].contains(good[index]) {
            var bad = good
            bad[index] ^= 1
            try temporary.overwrite(wrapping, bad)
            let error = try #require(throws: KeyFileError.self) {
                try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [2]))
            }
            #expect(error == .corrupt(path: wrapping))
        }
    }
}
