import Foundation
@testable import KeyFiles
import LibSodium
import TestSupport
import Testing

struct DamageTests {
    let temporary: TemporaryDirectory
    let keys: KeyDirectory
    let name = KeyFileName(.token, id: Randomness.bytes32())
    let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        keys = try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [1, 2]), cost: .minimal)
        try keys.store(SecretBytes(randomCount: 32), as: name)
        path = temporary.path + "/" + name.fileName
    }

    @Test func everyFlippedBitOfAKeyFileIsFound() throws {
        let good = try temporary.bytes(path)
        for bit in 0..<good.count * 8 {
            var bad = good
            bad[bit / 8] ^= 1 << (bit % 8)
            try temporary.overwrite(path, bad)
            let error = try #require(throws: KeyFileError.self) { _ = try keys.load(name) }
            #expect([.corrupt(path: path), .truncated(path: path), .foreign(path: path)].contains(error))
        }
        try temporary.overwrite(path, good)
        #expect(try keys.load(name).count == 32)
    }

    @Test func everyTruncationOfAKeyFileIsFound() throws {
        let good = try temporary.bytes(path)
        for count in 0..<good.count {
            try temporary.overwrite(path, Array(good.prefix(count)))
            #expect(throws: KeyFileError.truncated(path: path)) { _ = try keys.load(name) }
        }
        try temporary.overwrite(path, good + [0])
        #expect(throws: KeyFileError.corrupt(path: path)) { _ = try keys.load(name) }
    }

    @Test func everyFlippedBitOfTheWrappingIsFoundOrHarmless() throws {
        let wrapping = temporary.path + "/wrapping.json"
        let good = try temporary.bytes(wrapping)
        for bit in 0..<good.count * 8 {
            var bad = good
            bad[bit / 8] ^= 1 << (bit % 8)
            try temporary.overwrite(wrapping, bad)
            do {
                // A flip between space and tab, say, changes nothing: then the same secrets open.
                let keys = try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [1, 2]), cost: .minimal)
                #expect(try keys.load(name).count == 32)
            } catch let error as KeyFileError {
                #expect([.corrupt(path: wrapping), .truncated(path: wrapping)].contains(error))
            }
        }
    }

    @Test func everyTruncationOfTheWrappingIsFound() throws {
        let wrapping = temporary.path + "/wrapping.json"
        let good = try temporary.bytes(wrapping)
        for count in 0..<good.count {
            try temporary.overwrite(wrapping, Array(good.prefix(count)))
            let error = try #require(throws: KeyFileError.self) {
                try KeyDirectory(temporary.path, passphrase: SecretBytes(copying: [1, 2]), cost: .minimal)
            }
            #expect([.corrupt(path: wrapping), .truncated(path: wrapping)].contains(error))
        }
    }

    @Test func aFileOfAnotherProgramIsForeign() throws {
        try temporary.overwrite(path, Array("-----BEGIN PRIVATE KEY-----\n".utf8))
        #expect(throws: KeyFileError.foreign(path: path)) { _ = try keys.load(name) }
        try temporary.overwrite(path, [UInt8](repeating: 0, count: 70_000))
        #expect(throws: KeyFileError.foreign(path: path)) { _ = try keys.load(name) }
    }

    @Test func aFullDiskIsNamed() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        #expect(throws: KeyFileError.diskFull(path: "file")) { try FileBytes.write([1, 2, 3], to: full, path: "file") }
    }

    @Test func everyErrorHasAMessageOfItsOwn() {
        let errors: [KeyFileError] = [
            .notFound(path: "f"), .exists(path: "f"), .corrupt(path: "f"), .truncated(path: "f"),
            .wrongPassphrase(directory: "f"), .wrongMode(path: "f"), .foreign(path: "f"), .diskFull(path: "f"),
            .notADirectory("f"), .notOwned(path: "f"), .permissionDenied(path: "f"), .wrappingMissing(directory: "f"),
            .laterVersion(path: "f"), .inputOutput(path: "f", code: 5), .outOfMemory,
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        for line in errors.map(\.description) + errors.compactMap(\.hint) {
            #expect(!line.hasSuffix(".") && line.first?.isLowercase == true)
        }
    }
}
