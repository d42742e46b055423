import Foundation

/// What one load did to a server.
struct HTTPBenchResult: Encodable {
    let name: String
    /// The server process's processor time a token, in microseconds.
    var serverMicrosecondsPerToken: Double?
    /// The same work in this process, in microseconds of processor time a token.
    var inProcessMicrosecondsPerToken: Double?
    var latencies: Latencies?
    /// The 99th percentile beside that of the same requests undisturbed.
    var p99Ratio: Double?
    /// The server process's resident memory afterwards.
    let residentMiB: Double

    private enum CodingKeys: String, CodingKey {
        case name
        case serverMicrosecondsPerToken = "server_us_per_token"
        case inProcessMicrosecondsPerToken = "in_process_us_per_token"
        case latencies = "latency_ms"
        case p99Ratio = "p99_ratio"
        case residentMiB = "resident_mib"
    }

    /// A reading of memory alone.
    static func memory(_ name: String, kibibytes: Int) -> HTTPBenchResult {
        HTTPBenchResult(name: name, residentMiB: Double(kibibytes) / 1024)
    }

    /// One line of the table.
    var line: String {
        let time = serverMicrosecondsPerToken.map { String(format: "%10.1f", $0) } ?? String(repeating: " ", count: 10)
        let inProcess =
            inProcessMicrosecondsPerToken.map { String(format: "%10.1f", $0) } ?? String(repeating: " ", count: 10)
        let ratio =
            if let server = serverMicrosecondsPerToken, let inProcess = inProcessMicrosecondsPerToken {
                String(format: "%7.2f", server / inProcess)
            } else {
                String(repeating: " ", count: 7)
            }
        let latency =
            latencies.map { String(format: "%8.1f %8.1f %8.1f", $0.p50, $0.p99, $0.p999) }
            ?? String(repeating: " ", count: 26)
        return name.padding(toLength: max(34, name.count), withPad: " ", startingAt: 0)
            + time + inProcess + ratio + latency
            + String(format: "%8.1f", residentMiB) + (p99Ratio.map { String(format: "%10.2f", $0) } ?? "")
    }
}

/// How long requests took, in milliseconds.
struct Latencies: Encodable {
    let p50: Double
    let p99: Double
    let p999: Double

    init(_ milliseconds: [Double]) {
        let sorted = milliseconds.sorted()
        func at(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
        }
        (p50, p99, p999) = (at(0.5), at(0.99), at(0.999))
    }

    private enum CodingKeys: String, CodingKey {
        case p50, p99
        case p999 = "p99.9"
    }
}
