import Foundation

/// How well a score tells true pairs from random ones: the area under its curve, with a 99 % interval after DeLong,
/// DeLong and Clarke-Pearson (1988). 0.5 is guessing, 1 is knowing.
struct AreaUnderCurve: CustomStringConvertible {
    let value: Double
    /// Half the width of the 99 % interval.
    let margin: Double

    init(true hits: [Double], random misses: [Double]) {
        let (m, n) = (Double(hits.count), Double(misses.count))
        let all = Self.midranks(hits + misses)
        let (ofHits, ofMisses) = (Self.midranks(hits), Self.midranks(misses))
        // For each true pair the share of random ones below it, and for each random one of true ones above it.
        let above = hits.indices.map { (all[$0] - ofHits[$0]) / n }
        let below = misses.indices.map { 1 - (all[hits.count + $0] - ofMisses[$0]) / m }
        value = above.reduce(0, +) / m
        let variance = Self.variance(above) / m + Self.variance(below) / n
        margin = 2.5758 * variance.squareRoot()
    }

    var interval: ClosedRange<Double> { (value - margin)...(value + margin) }

    /// Whether the score could be a guess.
    var isGuessing: Bool { interval.contains(0.5) }

    var description: String {
        String(format: "%.4f (99 %%: %.4f to %.4f)", value, interval.lowerBound, interval.upperBound)
    }

    private static func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))
    }

    /// Each value's place in the order, from 1; equal ones share the middle of theirs.
    private static func midranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }
}
