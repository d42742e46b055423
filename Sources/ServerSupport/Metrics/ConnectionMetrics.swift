internal import Metrics

/// Counts connections: `portes_http_connections` open now, `portes_http_connections_cut_total{reason}` closed by us.
struct ConnectionMetrics: Sendable {
    private let open: Meter
    private let cut: [ConnectionDeadlines.Reason: Counter]

    init(factory: any MetricsFactory) {
        open = Meter(label: "portes_http_connections", factory: factory)
        cut = Dictionary(
            uniqueKeysWithValues: ConnectionDeadlines.Reason.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (reason, Counter(label: "portes_http_connections_cut", dimensions: dimensions, factory: factory))
            })
    }

    func connectionOpened() { open.increment() }
    func connectionClosed() { open.decrement() }
    func connectionCut(_ reason: ConnectionDeadlines.Reason) { cut[reason]?.increment() }
}
