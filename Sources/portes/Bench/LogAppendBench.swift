import AuthorityStore
import Foundation
import KeyTransparency
import SQLiteSupport

/// What appending an entry to a log costs at a thousand, ten thousand, a hundred thousand and a million leaves.
///
/// Entries have 350 bytes, as those of keys, and go into the authority's own database on this disk, a hundred in a
/// transaction, as a commit costs the same whatever is in it. Processor time of the process; the floor is the same at
/// the first of the sizes.
struct LogAppendBench {
    private static let sizes = [1_000, 10_000, 100_000, 1_000_000]
    private static let batch = 100

    let rounds: Int

    func run() async throws -> [BenchResult] {
        let path = URL.temporaryDirectory.appending(path: "portes-bench-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let database = try AuthorityDatabase(in: DataDirectory(path: path, side: .authority))
        var results: [BenchResult] = []
        var floor: Double?
        for size in Self.sizes {
            try await fill(database, upTo: UInt64(size))
            let median = try await measure(database)
            results.append(
                BenchResult(
                    name: "log-append-1e\(String(size).count - 1)", perToken: median, floorPerToken: floor ?? median))
            floor = floor ?? median
        }
        try database.close()
        return results
    }

    private func fill(_ database: AuthorityDatabase, upTo size: UInt64) async throws {
        while case let head = try await database.head(of: .revocationHeads), head.size < size {
            try await database.append(
                Self.entries(from: head.size, count: Int(min(size - head.size, 10_000))), to: .revocationHeads)
        }
    }

    /// Microseconds an entry, the median over the rounds.
    private func measure(_ database: AuthorityDatabase) async throws -> Double {
        var times: [Double] = []
        for round in 0..<rounds {
            let entries = Self.entries(from: UInt64(round), count: Self.batch)
            let watch = Stopwatch()
            try await database.append(entries, to: .revocationHeads)
            times.append(watch.microseconds / Double(Self.batch))
        }
        return times.median
    }

    private static func entries(from start: UInt64, count: Int) -> [[UInt8]] {
        (0..<count).map { index in
            let text = "entry \(start + UInt64(index)) "
            return Array((text + String(repeating: "x", count: 350 - text.utf8.count)).utf8)
        }
    }
}
