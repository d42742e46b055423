internal import Metrics
internal import ServerSupport
internal import WitnessStore

/// The witness's counters. Labels come from closed sets.
final class WitnessMetrics: Sendable {
    private let counters: [String: Counter]

    init(factory: any MetricsFactory) {
        let outcomes = [
            "cosigned", "conflict", "other-history", "inconsistent", "bad-request", "wrong-clock", "unknown-log",
            "untrusted-signature", "unavailable",
        ]
        counters = Dictionary(uniqueKeysWithValues: outcomes.map { outcome in
            (outcome, Counter(label: "portes_checkpoints", dimensions: [("outcome", outcome)], factory: factory))
        })
    }

    /// Counts what became of a checkpoint.
    func count(_ outcome: CosigningOutcome) {
        let name =
            switch outcome {
            case .cosigned: "cosigned"
            case .conflict: "conflict"
            case .otherHistory: "other-history"
            case .inconsistent: "inconsistent"
            case .badRequest: "bad-request"
            case .wrongClock: "wrong-clock"
            }
        counters[name]?.increment()
    }

    /// Counts a request that never came to its checkpoint.
    func count(_ failure: any Error) {
        ((failure as? HTTPProblem).flatMap { counters[$0.name] } ?? counters["unavailable"])?.increment()
    }
}
