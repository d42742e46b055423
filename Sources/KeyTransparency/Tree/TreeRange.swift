/// A complete subtree: 2^level leaves from `index` · 2^level on.
struct Subtree: Sendable, Hashable {
    /// 0 for a leaf.
    let level: Int
    /// The place among the subtrees of this level.
    let index: UInt64

    var left: Subtree { Subtree(level: level - 1, index: index * 2) }
    var right: Subtree { Subtree(level: level - 1, index: index * 2 + 1) }
}

extension Range<UInt64> {
    /// The complete subtrees of which a range that begins at a multiple of the largest of them consists, from left to
    /// right: their folded hash is the range's (RFC 6962, section 2.1).
    var subtrees: [Subtree] {
        var subtrees: [Subtree] = []
        var start = lowerBound
        while start < upperBound {
            let level = 63 - (upperBound - start).leadingZeroBitCount
            subtrees.append(Subtree(level: level, index: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return subtrees
    }

    /// Where a tree over this range is cut in two: the largest power of two leaves that is less than all.
    var split: UInt64 { lowerBound + (1 << UInt64(63 - (UInt64(upperBound - lowerBound) - 1).leadingZeroBitCount)) }
}
