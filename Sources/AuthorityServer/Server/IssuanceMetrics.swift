import Metrics

/// Counts of what the issuer did; no label, so nothing about anybody.
struct IssuanceMetrics: Sendable {
    private let tokens: Counter
    private let requests: [Outcome: Counter]

    private enum Outcome: String, CaseIterable {
        case charged, repeated, refused
    }

    init(factory: any MetricsFactory) {
        tokens = Counter(label: "portes_tokens_issued_total", dimensions: [], factory: factory)
        requests = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                let dimensions = [("outcome", outcome.rawValue)]
                return (
                    outcome, Counter(label: "portes_token_requests_total", dimensions: dimensions, factory: factory)
                )
            })
    }

    /// A request for `count` tokens was charged.
    func charged(_ count: Int) {
        tokens.increment(by: count)
        requests[.charged]?.increment()
    }

    /// A request was on record already.
    func repeated() { requests[.repeated]?.increment() }

    /// A request was not charged.
    func refused() { requests[.refused]?.increment() }
}
