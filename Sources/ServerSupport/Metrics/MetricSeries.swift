internal import Metrics
internal import Synchronization

enum MetricKind: String {
    case counter, gauge, histogram
}

/// One line, or for a histogram one group of lines, of the Prometheus text.
protocol MetricSeries: AnyObject, Sendable {
    func write(name: String, labels: String, to text: inout String)
}

final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(name: String, labels: String, to text: inout String) {
        text += "\(name)\(PrometheusText.braced(labels)) \(value.load(ordering: .relaxed))\n"
    }
}

final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func write(name: String, labels: String, to text: inout String) {
        text += "\(name)\(PrometheusText.braced(labels)) \(PrometheusText.number(value.withLock { $0 }))\n"
    }
}

/// Counts of values up to each bound; timers record in seconds.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        var counts: [Int64]
        var sum = 0.0
    }

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(name: String, labels: String, to text: inout String) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let comma = labels.isEmpty ? "" : ","
        var total: Int64 = 0
        for (count, bound) in zip(counts, bounds.map(PrometheusText.number) + ["+Inf"]) {
            total += count
            text += "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(total)\n"
        }
        text += "\(name)_sum\(PrometheusText.braced(labels)) \(PrometheusText.number(sum))\n"
        text += "\(name)_count\(PrometheusText.braced(labels)) \(total)\n"
    }
}
