import Foundation
import Testing

@testable import portes

/// The line that says what takes a while.
@Suite struct ProgressTests {
    /// The two ends of a new terminal.
    private func openTerminal() throws -> (screen: CInt, terminal: CInt) {
        let screen = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // Linux: TIOCSPTLCK unlocks the other end, TIOCGPTN tells its number.
        var (locked, number) = (CInt(0), CInt(0))
        try #require(screen >= 0)
        try #require(ioctl(screen, 0x4004_5431, &locked) == 0 && ioctl(screen, 0x8004_5430, &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        return (screen, terminal)
    }

    @Test func aTerminalShowsItAndLosesItAgain() throws {
        let (screen, terminal) = try openTerminal()
        defer { close(screen) }
        let progress = Progress("copying", on: terminal)
        for share in [0.1, 0.104, 0.5, 2] { progress.show(share) }
        progress.end()
        close(terminal)
        let lines = everything(on: screen).components(separatedBy: "\r\u{1b}[K")
        // A share that looks the same is not drawn again.
        #expect(lines == ["", "copying …", "copying: 10 %", "copying: 50 %", "copying: 100 %", ""])
    }

    @Test func aCommandThatTakesAWhileShowsItOnATerminal() throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let (screen, terminal) = try openTerminal()
        defer { close(screen) }
        let process = Process()
        process.executableURL = ChildProcess.executable
        process.arguments = ["key", "create", "--capability", "session"] + place.adminFlags
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(fileDescriptor: terminal)
        try process.run()
        process.waitUntilExit()
        close(terminal)
        #expect(process.terminationStatus == 0)
        #expect(everything(on: screen).contains("deriving the key from the passphrase"))
    }

    /// What is shown on a screen whose terminal is closed: the kernel hands it over in parts, whenever it likes.
    private func everything(on screen: CInt) -> String {
        var shown: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1_000)
        while case let count = read(screen, &part, part.count), count > 0 { shown += part.prefix(count) }
        return String(decoding: shown, as: UTF8.self)
    }

    @Test func nothingIsWrittenToAFile() throws {
        let pipe = Pipe()
        let progress = Progress("copying", on: pipe.fileHandleForWriting.fileDescriptor)
        progress.show(0.5)
        progress.end()
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() ?? Data() == Data())
    }
}
