import LibSodium

/// How alike a row of the authority and a row of the clearing server are: by features and weights that were fixed
/// before anything was measured, and are the same for every build.
///
/// 1. order: how near each other they lie in dumps of their tables (1 less the distance of ranks);
/// 2. bytes: the share of bits that are equal in the beginnings of their blobs, the best of all columns;
/// 3. digests: whether a blob of the one is a blob of the other, or SHA-256 or BLAKE2b of it, or of it and one more
///    byte; worth ten times as much, because it cannot be by chance;
/// 4. numbers: how near each other their numbers are, of the span of all.
///
/// Beside them, and not in the sum, ``place``: what the pages of the files tell who reads those instead of rows.
///
/// Counts stand in other tables than these (a voucher's balance, tokens of a key), the same for all pairs; log lines
/// are none for requests (`serversLogNoLineForARequest`).
struct PairClassifier {
    private let span: Double
    /// What each of the authority's rows could have become at the other server, by the row's first column.
    private let digests: [[UInt8]: Set<[UInt8]>]

    init(authority: TableDump, clearing: TableDump) {
        let numbers = (authority.rows + clearing.rows).flatMap(\.numbers)
        span = max(1, (numbers.max() ?? 0) - (numbers.min() ?? 0))
        digests = Dictionary(
            authority.rows.map { ($0.blobs[0], Set($0.blobs.flatMap(Self.derived))) }, uniquingKeysWith: { $1 })
    }

    private static func derived(_ blob: [UInt8]) -> [[UInt8]] {
        let inputs = [blob] + (0..<UInt8(16)).map { blob + [$0] }
        let digests = inputs.flatMap { [SHA256.hash($0).bytes, KeyedBLAKE2b.hash($0).bytes] }
        // Half of one is enough to know it by: it may be stored cut off.
        return ([blob] + digests).map { Array($0.prefix(16)) }
    }

    /// Each feature of a pair, by its name.
    func features(_ request: TableDump.Row, _ spent: TableDump.Row) -> [(name: String, value: Double)] {
        let known = digests[request.blobs[0]] ?? []
        let isKnown = spent.blobs.contains { known.contains(Array($0.prefix(16))) }
        var numbers = 0.0
        for one in request.numbers {
            for other in spent.numbers { numbers = max(numbers, 1 - abs(one - other) / span) }
        }
        return [
            ("order", 1 - abs(request.rank - spent.rank)), ("bytes", Self.likeness(request.blobs, spent.blobs)), ("digests", isKnown ? 10 : 0),
            ("numbers", numbers),
        ]
    }

    /// How near each other the cells of a pair lie in their pages, where new ones are written before older ones.
    static func place(_ request: TableDump.Row, _ spent: TableDump.Row) -> Double { 1 - abs(request.age - spent.age) }

    private static func likeness(_ some: [[UInt8]], _ others: [[UInt8]]) -> Double {
        var best = 0.0
        for one in some {
            for other in others {
                let bits = zip(one, other).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
                best = max(best, 1 - Double(bits) / Double(8 * min(one.count, other.count)))
            }
        }
        return best
    }
}
