import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

/// The shared library, from Python's ctypes and from a C compiler.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PortesCTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The library beside the tests.
    private static var library: URL {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "libPortesC.so")
    }

    @Test func theWholePathWrongBuffersAndRandomInputFromPython() throws {
        let script = try #require(Bundle.module.url(forResource: "checks", withExtension: "py", subdirectory: "Python"))
        let seed = UInt32.random(in: 0...UInt32.max)
        print("seed \(seed)")
        let process = Process()
        let (toChild, fromChild) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path, Self.library.path, String(seed)]
        process.standardInput = toChild
        process.standardOutput = fromChild
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let authority = try AnsweringAuthority()
        let lines = Lines(fromChild.fileHandleForReading)
        var checks = 0
        while let line = lines.next() {
            let question = try JSONDecoder().decode(AnsweringAuthority.Question.self, from: line)
            if question.do == "end" {
                #expect(question.failed == nil)
                checks = question.checks ?? 0
                break
            }
            let answer = try authority.answer(question)
            try toChild.fileHandleForWriting.write(contentsOf: answer + Data("\n".utf8))
        }
        // The script ends with its standard input.
        try toChild.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "the library stopped the process; seed \(seed)")
        #expect(process.terminationStatus == 0)
        #expect(checks > 40_000, "\(checks) checks; seed \(seed)")
    }

    /// The header is C99 and C++ without a warning, and a program that is linked with the library runs.
    @Test(arguments: [("c", "-std=c99"), ("c", "-std=c17"), ("c++", "-std=c++11")])
    func aCompilerTakesTheHeader(language: String, standard: String) throws {
        let directory = URL.temporaryDirectory.appending(path: "portes-c-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let source = directory.appending(path: "main.\(language == "c" ? "c" : "cc")")
        try Data(Self.program.utf8).write(to: source)
        let folder = Self.library.deletingLastPathComponent().path
        let program = directory.appending(path: "program")
        let compiled = try run([
            "clang", "-x", language, standard, "-Wall", "-Wextra", "-Werror", "-pedantic",
            "-I", Self.root.appending(path: "Sources/CPortes/include").path, source.path, "-x", "none",
            Self.library.path, "-Wl,-rpath,\(folder)", "-o", program.path,
        ])
        #expect(compiled.code == 0, "\(compiled.output)")
        guard compiled.code == 0 else { return }
        let ran = try run([program.path])
        #expect(ran.code == 0 && ran.output == "challenge of 45 bytes; handle\n", "\(ran.output)")
    }

    private static let program = """
        #include <portes.h>
        #include <stdio.h>

        int main(void) {
            uint8_t challenge[256];
            size_t length = sizeof challenge;
            const char *origins = "origin.example,a.example";
            if (portes_challenge_make(2, "issuer.example", origins, NULL, challenge, &length) != PORTES_OK) return 1;
            printf("challenge of %d bytes; %s\\n", (int)length, portes_result_name(portes_request_free(1)));
            return 0;
        }

        """

    private func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}

/// The lines that a child writes.
private final class Lines {
    private let handle: FileHandle
    private var received = Data()

    init(_ handle: FileHandle) { self.handle = handle }

    /// The next line, or `nil` at the end.
    func next() -> Data? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received = Data(received[(end + 1)...]) }
                return Data(received[..<end])
            }
            let more = handle.availableData
            guard !more.isEmpty else { return nil }
            received += more
        }
    }
}
