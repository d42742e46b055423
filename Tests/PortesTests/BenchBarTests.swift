import Testing

@testable import portes

/// What `portes bench --check` lets through.
struct BenchBarTests {
    @Test func aBarOfARatioIsHeldByTheMedianOfTheRoundsRatios() {
        // Not by the quotient of the two times, which are medians of their own.
        let held = BenchResult(name: "verify", perToken: 12, floorPerToken: 10, ratio: 1.10)
        let missed = BenchResult(name: "verify", perToken: 10, floorPerToken: 10, ratio: 1.11)
        #expect(BenchBar.ratio(1.10).holds(for: held) && !BenchBar.ratio(1.10).holds(for: missed))
    }

    @Test func aBarOfAnExcessIsHeldByTheDifference() {
        let held = BenchResult(name: "session", perToken: 140, floorPerToken: 100, ratio: 9)
        let missed = BenchResult(name: "session", perToken: 140.5, floorPerToken: 100, ratio: 1)
        #expect(BenchBar.excess(40).holds(for: held) && !BenchBar.excess(40).holds(for: missed))
    }

    @Test func everyBarIsOfAnOperationThatIsMeasured() async throws {
        let measured = try await SessionBench(rounds: 1).run() + TokenTypeBench(rounds: 1).run()
            + ProtocolBench(rounds: 1).run()
        #expect(Set(BenchBar.all.keys).subtracting(measured.map(\.name)).isEmpty)
    }
}
