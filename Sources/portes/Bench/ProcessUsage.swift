import Foundation

/// What a process has used so far, as Linux tells it.
struct ProcessUsage {
    /// Processor time in microseconds, to a hundredth of a second.
    let processorMicroseconds: Double
    /// Resident memory in KiB.
    let residentKiB: Int

    /// The usage of the process with this id.
    init(_ identifier: Int32) throws {
        let stat = try ProcessUsage.read("/proc/\(identifier)/stat")
        // The name in parentheses may hold anything; the fields after it are numbers.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw CommandFailure("cannot read what process \(identifier) has used")
        }
        processorMicroseconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1_000_000
        let status = try ProcessUsage.read("/proc/\(identifier)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        residentKiB = line.flatMap { Int($0.split(separator: " ", omittingEmptySubsequences: true)[1]) } ?? 0
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("cannot read \(path)") }
        return String(decoding: data, as: UTF8.self)
    }
}
