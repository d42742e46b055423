import Foundation

/// Runs a program that is cut off, or told of an error, at each of its calls on files: with strace.
package enum SystemCallFaults {
    /// A path that a program asks for where its part under test begins.
    package static let marker = "/portes-faults-begin"

    /// What happens at a call.
    package enum Fault: String, CaseIterable, Sendable {
        /// The process is killed before the call is carried out.
        case kill = "signal=KILL"
        /// The call fails: the disk does not answer.
        case inputOutput = "error=EIO"
        /// The call fails: the disk is full.
        case noSpace = "error=ENOSPC"
    }

    /// The so many-th call of a name in the process, counted from 1.
    package struct Call: Sendable, CustomStringConvertible {
        package let name: String
        package let number: Int
        package var description: String { "\(name) \(number)" }
    }

    /// Whether strace is here and may trace; where tests must not be skipped it has to be.
    package static let isAvailable: Bool = {
        let works = (try? run(["-qq", "-o", "/dev/null", "-e", "trace=close", "/bin/true"])) == 0
        return works || ProcessInfo.processInfo.environment["CI"] != nil
    }()

    /// The program that carries out what is cut off, beside the tests.
    package static var probe: String {
        let own = URL(filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        let tests = own.pathExtension == "xctest" ? own : URL(filePath: CommandLine.arguments[0])
        return tests.deletingLastPathComponent().appending(path: "FaultProbe").path
    }

    private static let traced = [
        "open", "openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat",
        "renameat2", "close", "mkdir", "mkdirat", "chmod", "fchmod", "flock", "unlink", "unlinkat", "rmdir", "access", "faccessat",
        "faccessat2", "fstat", "lstat", "newfstatat", "statx", "ftruncate", "getdents64", "link", "linkat",
    ]

    /// The calls on files that a program makes on its first thread after the marker.
    package static func calls(of program: [String]) throws -> [Call] {
        let log = TemporaryDirectory.newPath()
        defer { try? FileManager.default.removeItem(atPath: log) }
        let set = traced.map { "?" + $0 }.joined(separator: ",")
        guard try run(["-f", "-qq", "-o", log, "-e", "trace=" + set] + program) == 0 else { throw Failed() }
        var counts: [Substring: Int] = [:]
        var calls: [Call] = []
        var (thread, isBegun): (Substring?, Bool) = (nil, false)
        for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
            guard let match = line.prefixMatch(of: /(\d+) +(\w+)\(/) else { continue }
            thread = thread ?? match.1
            guard thread == match.1 else { continue }
            counts[match.2, default: 0] += 1
            if isBegun { calls.append(Call(name: String(match.2), number: counts[match.2] ?? 0)) }
            if line.contains(marker) { isBegun = true }
        }
        return calls
    }

    /// Runs a program with a fault at one of its calls; whether it ended with success.
    package static func run(_ program: [String], _ fault: Fault, at call: Call) throws -> Bool {
        let injection = "inject=\(call.name):\(fault.rawValue):when=\(call.number)"
        return try run(["-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call.name, "-e", injection] + program) == 0
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["strace"] + arguments
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    private struct Failed: Error {}
}
