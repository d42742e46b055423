import Foundation
import SQLiteSupport
import TestSupport
import Testing

struct DataDirectoryTests {
    let temporary: TemporaryDirectory

    init() throws { temporary = try TemporaryDirectory() }

    @Test func aMissingDirectoryIsMadePrivateWithItsParents() throws {
        let path = temporary.path + "/deeper"
        let directory = try DataDirectory(path: path, side: .authority)
        #expect(try temporary.mode(path) == 0o700)
        #expect(try temporary.mode(temporary.path) == 0o700)
        #expect(directory.databasePath == path + "/authority.sqlite")
        #expect(directory.socketPath == path + "/admin.sock")
    }

    @Test func whatAFirstCommandMadeIsTakenAwayAndWhatWasThereIsNot() throws {
        let path = temporary.path + "/deeper/still"
        let first = try DataDirectory(path: path, side: .authority)
        try Data().write(to: URL(fileURLWithPath: first.databasePath))
        #expect(first.unmake())
        #expect(!FileManager.default.fileExists(atPath: temporary.path + "/deeper"))

        let second = try DataDirectory(path: path, side: .authority)
        try Data().write(to: URL(fileURLWithPath: second.databasePath))
        second.release()
        #expect(try !DataDirectory(path: path, side: .authority).unmake())
        #expect(FileManager.default.fileExists(atPath: second.databasePath))
    }

    @Test func anEmptyDirectoryThatOthersMayReadIsMadePrivate() throws {
        try make(0o755)
        _ = try DataDirectory(path: temporary.path, side: .clearing)
        #expect(try temporary.mode(temporary.path) == 0o700)
    }

    @Test func aDirectoryWithOtherFilesThatOthersMayReadIsRefused() throws {
        try make(0o755)
        try Data().write(to: URL(fileURLWithPath: temporary.path + "/letter.txt"))
        #expect(throws: StoreError.notPrivate(directory: temporary.path)) {
            try DataDirectory(path: temporary.path, side: .authority)
        }
        #expect(try temporary.mode(temporary.path) == 0o755)
    }

    @Test func aSecondHolderIsRefusedUntilTheFirstLetsGo() throws {
        var first: DataDirectory? = try DataDirectory(path: temporary.path, side: .authority)
        #expect(first != nil)
        #expect(throws: StoreError.locked(directory: temporary.path)) {
            try DataDirectory(path: temporary.path, side: .authority)
        }
        first = nil
        _ = try DataDirectory(path: temporary.path, side: .authority)
    }

    @Test func aKilledProcessLeavesNoLockBehind() throws {
        try make(0o700)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sh", "-c", "exec 9>\"$0\" && flock 9 && echo held && exec sleep 60", temporary.path + "/portes.lock",
        ]
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        #expect(throws: StoreError.locked(directory: temporary.path)) {
            try DataDirectory(path: temporary.path, side: .authority)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        _ = try DataDirectory(path: temporary.path, side: .authority)
    }

    @Test func theOtherSidesDirectoryIsRefused() throws {
        try make(0o700)
        try Data().write(to: URL(fileURLWithPath: temporary.path + "/clearing.sqlite"))
        #expect(throws: StoreError.wrongSide(directory: temporary.path, holds: .clearing)) {
            try DataDirectory(path: temporary.path, side: .authority)
        }
        _ = try DataDirectory(path: temporary.path, side: .clearing)
    }

    @Test func aFileIsNotADataDirectory() throws {
        try Data().write(to: URL(fileURLWithPath: temporary.path))
        #expect(throws: StoreError.notADirectory(temporary.path)) {
            try DataDirectory(path: temporary.path, side: .authority)
        }
        #expect(throws: StoreError.notADirectory(temporary.path + "/below")) {
            try DataDirectory(path: temporary.path + "/below", side: .authority)
        }
    }

    private func make(_ mode: Int) throws {
        try FileManager.default.createDirectory(
            atPath: temporary.path, withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
    }
}
