import Foundation
import Glibc

/// A child process running this same program.
final class ChildProcess: Sendable {
    private let process: Process
    /// What arrives on standard error; only the newest pieces are kept while nobody reads.
    private let words: AsyncStream<Data>

    /// Starts `portes` with these arguments; what it writes to standard error is read by ``waitForLine(_:)``. All that
    /// it writes is kept in a file as well, where one is named; else its standard output goes nowhere.
    init(_ arguments: [String], environment: [String: String] = [:], transcript: String? = nil) throws {
        process = Process()
        let kept = try transcript.map(ChildProcess.appending(to:))
        let errors = Pipe()
        let (words, continuation) = AsyncStream<Data>.makeStream(bufferingPolicy: .bufferingNewest(64))
        self.words = words
        process.executableURL = ChildProcess.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = kept ?? FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        // Always read, so that the child never waits for room in the pipe.
        errors.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                continuation.finish()
            } else {
                try? kept?.write(contentsOf: data)
                continuation.yield(data)
            }
        }
    }

    /// A file at whose end is written whatever comes, from whichever descriptor.
    private static func appending(to path: String) throws -> FileHandle {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("cannot write \(path)") }
        return FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }

    /// This program's own file, whatever its name; where tests run this type, the file `portes` beside theirs.
    static var executable: URL {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        let own = URL(filePath: path)
        return own.pathExtension == "xctest" ? own.deletingLastPathComponent().appending(path: "portes") : own
    }

    /// The process's id.
    var identifier: Int32 { process.processIdentifier }

    /// The exit code, once it has ended.
    var status: Int32 { process.terminationStatus }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Reads standard error up to a line that begins with `prefix`, and gives the rest of that line. Throws if the
    /// process ends before.
    func waitForLine(_ prefix: String) async throws -> String {
        var text = ""
        for await data in words {
            text += String(decoding: data, as: UTF8.self)
            if let range = text.range(of: prefix), let end = text[range.upperBound...].firstIndex(of: "\n") {
                return String(text[range.upperBound..<end])
            }
        }
        throw CommandFailure("a server did not start: \(text.suffix(400))")
    }

    /// Waits until nothing more can come on standard error, as after the end, and all of it is in the transcript.
    func waitUntilSilent() async { for await _ in words {} }

    /// Ends the process at once, as a power cut would, and waits until it is gone.
    func kill() async {
        Glibc.kill(identifier, SIGKILL)
        await terminate()
    }

    /// Asks the process to end, and waits until it has.
    func terminate() async {
        if isRunning { process.terminate() }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [process] in
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }

    /// Runs `portes` with these arguments to its end and gives its standard output; throws what it said if it failed.
    static func run(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try runBlocking(arguments) }) }
        }
    }

    private static func runBlocking(_ arguments: [String]) throws -> String {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Commands write little to standard error, so reading one pipe to its end first cannot block them.
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let words = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let verb = arguments.prefix(2).joined(separator: " ")
            throw CommandFailure("portes \(verb) failed: \(String(decoding: words, as: UTF8.self))")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
