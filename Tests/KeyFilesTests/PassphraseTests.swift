import Foundation
import LibSodium
import TestSupport
import Testing

@testable import KeyFiles

struct PassphraseTests {
    let temporary: TemporaryDirectory

    init() throws { temporary = try TemporaryDirectory() }

    @Test(arguments: [
        ("open sesame", "open sesame"), ("open sesame\n", "open sesame"), ("open\r\n", "open"),
        ("two\nlines\n", "two\nlines"), ("\n\n", "\n"), (" spaces stay ", " spaces stay "),
    ])
    func oneNewlineAtTheEndOfAFileIsNotPartOfIt(contents: String, passphrase: String) throws {
        #expect(try text(.file(file(Array(contents.utf8)))) == passphrase)
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func anEmptyPassphraseIsRefused(contents: String) throws {
        let path = try file(Array(contents.utf8))
        #expect(throws: PassphraseError.empty) { try text(.file(path)) }
    }

    @Test func thePassphraseHasABound() throws {
        let longest = [UInt8](repeating: 0x61, count: PassphraseSource.largestCount)
        #expect(try text(.file(file(longest + [0x0a]))).utf8.count == longest.count)
        let path = try file(longest + [0x61])
        #expect(throws: PassphraseError.tooLong) { try text(.file(path)) }
        let larger = try file([UInt8](repeating: 0x61, count: 100_000))
        #expect(throws: PassphraseError.tooLong) { try text(.file(larger)) }
    }

    @Test func aDescriptorGivesThePassphraseInPieces() throws {
        let pipe = Pipe()
        for piece in ["open ", "sesame", "\n"] { pipe.fileHandleForWriting.write(Data(piece.utf8)) }
        try pipe.fileHandleForWriting.close()
        #expect(try text(.file("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")) == "open sesame")
    }

    @Test func aMissingFileIsNamed() throws {
        #expect(throws: PassphraseError.unreadable(path: temporary.path, code: ENOENT)) {
            try text(.file(temporary.path))
        }
    }

    @Test func whatIsTypedIsNotShownAndTheTerminalIsLeftAsItWas() throws {
        let (typist, terminal) = try openTerminal()
        defer {
            close(typist)
            close(terminal)
        }
        let before = try localFlags(terminal)
        let asked = try answering(typist, "open sesame\n") {
            try Terminal.readLine(prompt: "passphrase: ", on: terminal).withUnsafeBytes {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(asked.value == "open sesame")
        #expect(!asked.shown.contains("sesame"))
        #expect(try localFlags(terminal) == before)
    }

    @Test func aNewPassphraseIsTypedTwice() throws {
        func ask(_ answers: [String], isNew: Bool) throws -> (text: String, prompts: [String]) {
            var (rest, prompts) = (answers[...], [String]())
            let secret = try PassphraseSource.ask("a passphrase", isNew: isNew) { prompt in
                prompts.append(prompt)
                return SecretBytes(copying: Array(rest.removeFirst().utf8))
            }
            return (secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, prompts)
        }
        #expect(try ask(["one"], isNew: false) == ("one", ["a passphrase: "]))
        #expect(try ask(["one", "one"], isNew: true) == ("one", ["a passphrase: ", "the same passphrase again: "]))
        #expect(throws: PassphraseError.mismatch) { try ask(["one", "two"], isNew: true) }
    }

    @Test func controlCEndsThePrompt() throws {
        let (typist, terminal) = try openTerminal()
        defer {
            close(typist)
            close(terminal)
        }
        let before = try localFlags(terminal)
        let asked = try answering(typist, "half\u{3}") {
            #expect(throws: PassphraseError.cancelled) {
                _ = try Terminal.readLine(prompt: "passphrase: ", on: terminal)
            }
        }
        #expect(!asked.shown.contains("half"))
        #expect(try localFlags(terminal) == before)
    }

    private func text(_ source: PassphraseSource) throws -> String {
        try source.read().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = temporary.path + "-" + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A pseudo-terminal: the end that a person sits at, and the end that a program sees.
    private func openTerminal() throws -> (typist: Int32, terminal: Int32) {
        let typist = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // Linux: TIOCSPTLCK unlocks the other end, TIOCGPTN tells its number.
        var (locked, number) = (CInt(0), CInt(0))
        try #require(typist >= 0)
        try #require(ioctl(typist, 0x4004_5431, &locked) == 0 && ioctl(typist, 0x8004_5430, &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        return (typist, terminal)
    }

    private func localFlags(_ terminal: Int32) throws -> tcflag_t {
        var settings = termios()
        try #require(tcgetattr(terminal, &settings) == 0)
        return settings.c_lflag
    }

    /// Types `answer` once the prompt is on the screen, and tells what the screen showed in the end.
    private func answering<T>(_ typist: Int32, _ answer: String, _ ask: () throws -> T) throws -> (
        value: T, shown: String
    ) {
        let screen = Thread {
            _ = readUntil(typist, ": ")
            _ = Array(answer.utf8).withUnsafeBytes { write(typist, $0.baseAddress, $0.count) }
        }
        screen.start()
        let value = try ask()
        return (value, readUntil(typist, "\n"))
    }

    private func readUntil(_ file: Int32, _ end: String) -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while !text.reversed().starts(with: end.utf8.reversed()), read(file, &byte, 1) == 1 { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }
}
