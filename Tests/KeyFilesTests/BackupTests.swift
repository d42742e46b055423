import Foundation
@testable import KeyFiles
import LibSodium
import TestSupport
import Testing

struct BackupTests {
    let temporary: TemporaryDirectory
    private var path: String { temporary.path }
    private static let passphrase = Array("open".utf8)

    init() throws { temporary = try TemporaryDirectory() }

    private func write(_ members: [BackupMember], to path: String? = nil) throws {
        try BackupWriter.write(
            members, kind: .keys, to: path ?? self.path, passphrase: SecretBytes(copying: Self.passphrase),
            cost: .minimal)
    }

    /// Everything in a backup.
    private func read(_ path: String? = nil, passphrase: [UInt8] = passphrase) throws -> [String: [UInt8]] {
        let reader = try BackupReader(path ?? self.path, kind: .keys)
        try reader.unlock(SecretBytes(copying: passphrase))
        var found: [String: [UInt8]] = [:]
        while let member = try reader.next() {
            found[member.name] = try reader.secret(limit: 10_000_000).withUnsafeBytes { Array($0) }
        }
        return found
    }

    @Test(arguments: [0, 1, 1_048_560, 1_048_576, 1_048_577, 3_200_000])
    func membersOfAnySizeComeBackAsTheyWere(size: Int) throws {
        let large = temporary.path + "-large"
        let bytes = Randomness.bytes(size)
        try Data(bytes).write(to: URL(filePath: large))
        defer { try? FileManager.default.removeItem(atPath: large) }
        try write([
            BackupMember("words", bytes: Array("public".utf8)),
            BackupMember("key", secret: SecretBytes(copying: [1, 2])), BackupMember("large", file: large),
            BackupMember("last", bytes: []),
        ])
        #expect(try read() == ["words": Array("public".utf8), "key": [1, 2], "large": bytes, "last": []])
        #expect(try temporary.mode(path) == 0o600)
        // Passed over, or copied, instead of read.
        let reader = try BackupReader(path, kind: .keys)
        try reader.unlock(SecretBytes(copying: Self.passphrase))
        var names: [String] = []
        while let member = try reader.next() { names.append(member.name) }
        #expect(names == ["words", "key", "large", "last"] && reader.progress == 1)
    }

    @Test func everyTruncationIsToldAndEveryFlippedBitFound() throws {
        try write([BackupMember("key", secret: SecretBytes(randomCount: 32))])
        let good = try temporary.bytes(path)
        for (bytes, what) in Damage.copies(of: good, .truncation) {
            try temporary.overwrite(path, bytes)
            let error = try #require(throws: BackupError.self, "\(what)") { _ = try read() }
            #expect(error == (bytes.isEmpty ? .foreign(path: path) : .truncated(path: path)), "\(what)")
            // Said before anybody is asked for a passphrase.
            #expect(throws: error, "\(what)") { try BackupReader(path, kind: .keys) }
        }
        for (bytes, what) in Damage.copies(of: good, .bitFlip) {
            try temporary.overwrite(path, bytes)
            let error = try #require(throws: BackupError.self, "\(what)") { _ = try read() }
            #expect([.foreign(path: path), .corrupt(path: path)].contains(error), "\(what)")
        }
        try temporary.overwrite(path, good + [0])
        #expect(throws: BackupError.corrupt(path: path)) { _ = try read() }
        try temporary.overwrite(path, good)
        #expect(try read().count == 1)
    }

    @Test func piecesThatAreExchangedAreFound() throws {
        try write([BackupMember("large", bytes: [UInt8](repeating: 7, count: 4 * BackupHeader.chunkCount))])
        var bytes = try temporary.bytes(path)
        let (start, count) = (BackupHeader.count, BackupHeader.chunkCount + AuthenticatedEncryption.overhead)
        let first = Array(bytes[start..<(start + count)])
        bytes.replaceSubrange(start..<(start + count), with: bytes[(start + count)..<(start + 2 * count)])
        bytes.replaceSubrange((start + count)..<(start + 2 * count), with: first)
        try temporary.overwrite(path, bytes)
        #expect(throws: BackupError.corrupt(path: path)) { _ = try read() }
    }

    @Test func eachMistakeHasAMessageOfItsOwn() throws {
        try write([BackupMember("key", secret: SecretBytes(randomCount: 32))])
        #expect(throws: BackupError.wrongPassphrase(path: path)) { _ = try read(passphrase: [1]) }
        #expect(throws: BackupError.otherKind(path: path, holds: .keys)) { try BackupReader(path, kind: .clearing) }
        #expect(throws: BackupError.exists(path: path)) { try write([]) }
        #expect(throws: BackupError.file(.notFound(path: path + "-2"))) { try BackupReader(path + "-2", kind: .keys) }
        #expect(throws: BackupError.foreign(path: "/dev/null")) { try BackupReader("/dev/null", kind: .keys) }
        chmod(path, 0o640)
        #expect(throws: BackupError.wrongMode(path: path)) { try BackupReader(path, kind: .keys) }
        chmod(path, 0o600)
        // A later version, with the digest that it would have.
        var bytes = try temporary.bytes(path)
        bytes[8] = 2
        bytes.replaceSubrange(114..<146, with: KeyedBLAKE2b.hash(Array(bytes[..<114])).bytes)
        try temporary.overwrite(path, bytes)
        #expect(throws: BackupError.laterVersion(path: path)) { try BackupReader(path, kind: .keys) }
        let other = temporary.path + "-other"
        try Data("-----BEGIN".utf8).write(to: URL(filePath: other))
        #expect(throws: BackupError.foreign(path: other)) { try BackupReader(other, kind: .keys) }
        let errors: [BackupError] = [
            .foreign(path: "f"), .otherKind(path: "f", holds: .keys), .otherKind(path: "f", holds: .clearing),
            .laterVersion(path: "f"), .truncated(path: "f"), .corrupt(path: "f"), .wrongMode(path: "f"),
            .wrongPassphrase(path: "f"), .exists(path: "f"), .sourceChanged(path: "f"), .file(.outOfMemory),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        for line in errors.map(\.description) + errors.compactMap(\.hint) {
            #expect(!line.hasSuffix(".") && line.first?.isLowercase == true)
        }
    }

    @Test func aBackupThatFailsLeavesNothing() throws {
        let large = temporary.path + "-large"
        try Data([1, 2, 3]).write(to: URL(filePath: large))
        let member = try BackupMember("large", file: large)
        try FileHandle(forWritingTo: URL(filePath: large)).truncate(atOffset: 1)
        #expect(throws: BackupError.sourceChanged(path: large)) { try write([member]) }
        #expect(throws: BackupError.file(.notFound(path: "/nowhere/file"))) { try write([], to: "/nowhere/file") }
        let parent = URL(filePath: path).deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["data-large"])
    }

    @Test func aMemberThatClaimsMoreThanThereIsIsDamage() throws {
        // Made by somebody with the passphrase: still nothing is read beyond the end, or allocated for it.
        try write([BackupMember("a", bytes: [3] + Array("abc".utf8) + [0, 0, 0, 0, 0, 0, 0, 1])])
        let reader = try BackupReader(path, kind: .keys)
        try reader.unlock(SecretBytes(copying: Self.passphrase))
        #expect(try reader.next()?.name == "a")
        #expect(throws: BackupError.corrupt(path: path)) { _ = try reader.secret(limit: 5) }
    }
}
