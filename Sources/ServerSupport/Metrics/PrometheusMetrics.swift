package import Metrics
internal import Synchronization

/// Collects metrics and writes them in the Prometheus text format, version 0.0.4.
///
/// Labels must come from closed sets: route templates, status classes, reasons; never from a client. As a last defence
/// only ``maximumSeries`` series exist; what comes after is dropped and counted in `portes_metrics_dropped_total`.
package final class PrometheusMetrics: MetricsFactory {
    /// How many series (name and labels) are kept.
    package static let maximumSeries = 1000
    /// Upper bounds of the buckets of timers, in seconds.
    package static let timerBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]
    /// Upper bounds of the buckets of recorders: sizes of batches.
    package static let recorderBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    private let registry = Mutex(Registry())

    private struct Registry {
        var families: [String: Family] = [:]
        var count = 0
        var dropped: Int64 = 0
    }

    private struct Family {
        let kind: MetricKind
        var series: [String: any MetricSeries] = [:]
    }

    /// Starts with no metrics.
    package init() {}

    /// All metrics, sorted by name and labels.
    package func render() -> String {
        let (families, dropped) = registry.withLock { ($0.families, $0.dropped) }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name: name, labels: labels, to: &text)
            }
        }
        text += "# TYPE portes_metrics_dropped_total counter\nportes_metrics_dropped_total \(dropped)\n"
        return text
    }

    private func series<Series: MetricSeries>(
        _ label: String, _ suffix: String, _ dimensions: [(String, String)], _ kind: MetricKind, make: () -> Series
    ) -> Series {
        var name = PrometheusText.name(label)
        if !name.hasSuffix(suffix) { name += suffix }
        let labels = PrometheusText.labels(dimensions)
        return registry.withLock { registry in
            var family = registry.families[name] ?? Family(kind: kind)
            if let known = family.series[labels] as? Series { return known }
            let made = make()
            guard family.kind == kind, registry.count < Self.maximumSeries else {
                registry.dropped += 1
                return made
            }
            family.series[labels] = made
            registry.families[name] = family
            registry.count += 1
            return made
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, "_total", dimensions, .counter) { CounterSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return series(label, "", dimensions, .histogram) { HistogramSeries(bounds: Self.recorderBounds) }
        }
        return series(label, "", dimensions, .gauge) { GaugeSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, "", dimensions, .gauge) { GaugeSeries() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, "_seconds", dimensions, .histogram) { HistogramSeries(bounds: Self.timerBounds) }
    }

    // Series live as long as the process: a counter that vanished would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
