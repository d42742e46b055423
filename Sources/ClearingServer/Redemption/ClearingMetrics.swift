internal import Metrics
internal import PortesVerifier
internal import Revocation

/// The clearing server's counters and gauges. Labels come from closed sets.
final class ClearingMetrics: Sendable {
    private let spent: Counter
    private let replayed: Counter
    private let alreadySpent: Counter
    private let refused: [VerificationFailure: Counter]
    private let failedPolls: Counter
    private let revocations: Gauge
    private let keys: Gauge

    init(factory: any MetricsFactory) {
        func counter(_ outcome: String) -> Counter {
            Counter(label: "portes_redemptions", dimensions: [("outcome", outcome)], factory: factory)
        }
        spent = counter("spent")
        replayed = counter("replayed")
        alreadySpent = counter("already-spent")
        refused = Dictionary(uniqueKeysWithValues: VerificationFailure.allCases.map { ($0, counter($0.rawValue)) })
        failedPolls = Counter(label: "portes_replication_failures", factory: factory)
        revocations = Gauge(label: "portes_revocation_entries", factory: factory)
        keys = Gauge(label: "portes_verification_keys", factory: factory)
    }

    /// Counts what became of a token.
    func count(_ outcome: SpendOutcome) {
        switch outcome {
        case .spent: spent.increment()
        case .replayed: replayed.increment()
        case .alreadySpent: alreadySpent.increment()
        case .refused(let failure): refused[failure]?.increment()
        }
    }

    /// Counts a poll of the authority that brought nothing usable.
    func countFailedPoll() { failedPolls.increment() }

    /// Notes how much is known.
    func note(_ verifier: Verifier) {
        revocations.record(Double(verifier.revocations.size))
        keys.record(verifier.keys.count)
    }
}
