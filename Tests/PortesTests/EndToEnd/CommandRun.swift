import Foundation

@testable import portes

/// One command as a user types it, run to its end.
struct CommandRun {
    /// The exit code.
    let code: Int32
    /// Standard output.
    let output: String
    /// Standard error.
    let errors: String

    init(_ arguments: [String], environment: [String: String] = [:], executable: URL = ChildProcess.executable) throws {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let words = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        code = process.terminationStatus
        self.output = String(decoding: data, as: UTF8.self)
        self.errors = String(decoding: words, as: UTF8.self)
    }
}
