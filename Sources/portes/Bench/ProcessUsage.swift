import Foundation
import Glibc

/// What a process has used so far, as Linux tells it.
struct ProcessUsage {
    /// Processor time in microseconds.
    let processorMicroseconds: Double
    /// Resident memory in KiB.
    let residentKiB: Int

    /// The usage of the process with this id.
    init(_ identifier: Int32) throws {
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(identifier, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw CommandFailure("cannot read what process \(identifier) has used")
        }
        processorMicroseconds = Double(time.tv_sec) * 1_000_000 + Double(time.tv_nsec) / 1_000
        let status = try ProcessUsage.read("/proc/\(identifier)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        residentKiB = line.flatMap { Int($0.split(separator: " ", omittingEmptySubsequences: true)[1]) } ?? 0
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("cannot read \(path)") }
        return String(decoding: data, as: UTF8.self)
    }
}
