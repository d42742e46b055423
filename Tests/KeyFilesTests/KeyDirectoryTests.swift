import Foundation
import KeyFiles
import LibSodium
import TestSupport
import Testing

struct KeyDirectoryTests {
    let temporary: TemporaryDirectory
    let name = KeyFileName(.token, id: Randomness.bytes32())

    init() throws { temporary = try TemporaryDirectory() }

    @Test func aStoredSecretIsLoadedAgainAfterReopening() throws {
        let secret = Randomness.bytes(32)
        try open().store(SecretBytes(copying: secret), as: name)
        let loaded = try open().load(name)
        #expect(loaded.withUnsafeBytes { Array($0) } == secret)
    }

    @Test func filesAndDirectoryArePrivate() throws {
        try FileManager.default.createDirectory(
            atPath: temporary.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        let keys = try open()
        try keys.store(SecretBytes(randomCount: 32), as: name)
        #expect(try temporary.mode(temporary.path) == 0o700)
        #expect(try temporary.mode(path(name)) == 0o600)
        #expect(try temporary.mode(temporary.path + "/wrapping.json") == 0o600)
    }

    @Test func theSecretIsNotInTheFile() throws {
        let secret = Randomness.bytes(32)
        try open().store(SecretBytes(copying: secret), as: name)
        let text = try temporary.bytes(path(name)).map { String($0) }.joined(separator: ",")
        #expect(!text.contains(secret.prefix(8).map { String($0) }.joined(separator: ",")))
    }

    @Test func secretsAreListedByNameAndOtherFilesPassedOver() throws {
        let keys = try open()
        let names = KeyPurpose.allCases.map { KeyFileName($0, id: Randomness.bytes32()) }
        for name in names { try keys.store(SecretBytes(randomCount: 32), as: name) }
        for other in ["README.md", ".gitignore", "ab.token", name.fileName.uppercased(), name.fileName + ".bak"] {
            try Data().write(to: URL(fileURLWithPath: temporary.path + "/" + other))
        }
        #expect(try Set(keys.list()) == Set(names))
    }

    @Test func aSecretIsNeverReplaced() throws {
        let keys = try open()
        try keys.store(SecretBytes(copying: [1, 2, 3]), as: name)
        #expect(throws: KeyFileError.exists(path: path(name))) {
            try keys.store(SecretBytes(copying: [4, 5, 6]), as: name)
        }
        #expect(try keys.load(name).withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test func concurrentStoresOfOneNameLeaveExactlyOne() async throws {
        let keys = try open()
        let stored = await withTaskGroup { group in
            for _ in 0..<32 {
                group.addTask { (try? keys.store(SecretBytes(randomCount: 32), as: name)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(stored == 1)
        #expect(try entries() == [name.fileName, "wrapping.json"])
    }

    @Test func aDestroyedSecretIsGone() throws {
        let keys = try open()
        try keys.store(SecretBytes(randomCount: 32), as: name)
        // Another name for the same bytes on disk shows what is left in them.
        try FileManager.default.linkItem(atPath: path(name), toPath: temporary.path + "/other-link")
        try keys.destroy(name)
        #expect(throws: KeyFileError.notFound(path: path(name))) { _ = try keys.load(name) }
        #expect(throws: KeyFileError.notFound(path: path(name))) { try keys.destroy(name) }
        #expect(try temporary.bytes(temporary.path + "/other-link").allSatisfy { $0 == 0 })
    }

    @Test func aWrongPassphraseIsNamed() throws {
        _ = try open()
        #expect(throws: KeyFileError.wrongPassphrase(directory: temporary.path)) { try open("other") }
        #expect(KeyDirectory.exists(at: temporary.path))
    }

    @Test func askingWhetherADirectoryExistsMakesNone() throws {
        #expect(!KeyDirectory.exists(at: temporary.path))
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
    }

    @Test func keysWithoutTheirWrappingAreNotSealedAnew() throws {
        try open().store(SecretBytes(randomCount: 32), as: name)
        try FileManager.default.removeItem(atPath: temporary.path + "/wrapping.json")
        #expect(throws: KeyFileError.wrappingMissing(directory: temporary.path)) { try open() }
        #expect(try entries() == [name.fileName])
    }

    @Test func aFileThatOthersMayReadIsRefused() throws {
        let keys = try open()
        try keys.store(SecretBytes(randomCount: 32), as: name)
        chmod(path(name), 0o640)
        #expect(throws: KeyFileError.wrongMode(path: path(name))) { _ = try keys.load(name) }
        chmod(temporary.path + "/wrapping.json", 0o604)
        #expect(throws: KeyFileError.wrongMode(path: temporary.path + "/wrapping.json")) { try open() }
    }

    @Test func aRenamedFileIsForeign() throws {
        let keys = try open()
        try keys.store(SecretBytes(randomCount: 32), as: name)
        let other = KeyFileName(.keyDelivery, id: name.id)
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
        #expect(throws: KeyFileError.foreign(path: path(other))) { _ = try keys.load(other) }
    }

    @Test func aFileOfAnotherDirectoryIsForeign() throws {
        let other = try TemporaryDirectory()
        try open().store(SecretBytes(randomCount: 32), as: name)
        let keys = try KeyDirectory(other.path, passphrase: SecretBytes(copying: Array("open".utf8)), cost: .minimal)
        try FileManager.default.moveItem(atPath: path(name), toPath: other.path + "/" + name.fileName)
        #expect(throws: KeyFileError.foreign(path: other.path + "/" + name.fileName)) { _ = try keys.load(name) }
    }

    @Test func aLinkIsForeign() throws {
        let keys = try open()
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: "/etc/passwd")
        #expect(throws: KeyFileError.foreign(path: path(name))) { _ = try keys.load(name) }
    }

    @Test func leftoversOfAKilledProcessAreRemovedByTheNextWrite() throws {
        let keys = try open()
        try Data([1]).write(to: URL(fileURLWithPath: temporary.path + "/.new-0123456789abcdef"))
        try keys.store(SecretBytes(randomCount: 32), as: name)
        #expect(try entries() == [name.fileName, "wrapping.json"])
    }

    @Test func aFileInPlaceOfTheDirectoryIsNamed() throws {
        try Data().write(to: URL(fileURLWithPath: temporary.path))
        #expect(throws: KeyFileError.notADirectory(temporary.path)) { try open() }
    }

    private func open(_ passphrase: String = "open") throws -> KeyDirectory {
        try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: Array(passphrase.utf8)), cost: .minimal)
    }

    private func path(_ name: KeyFileName) -> String { temporary.path + "/" + name.fileName }

    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted()
    }
}
