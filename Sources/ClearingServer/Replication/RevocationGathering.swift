internal import Revocation

/// The entries of one fetch of the revocation list, up to a verified head, which may come in several deltas: each is
/// checked before the next is asked for.
struct RevocationGathering {
    /// How many entries one fetch brings at most: they take up to about 400 MB until they are stored.
    static let maximumEntryCount: UInt64 = 4_000_000

    /// The entries so far.
    private(set) var entries: [RevocationEntry] = []
    private let start: UInt64
    private let end: UInt64

    /// The number of entries known: what to ask for entries after.
    var size: UInt64 { start + UInt64(entries.count) }
    /// Whether the entries reach to the head.
    var isComplete: Bool { size == end }

    /// Begins after the first `start` entries.
    ///
    /// Throws ``RevocationError/rollback`` for a head of fewer entries, and ``RevocationError/tooLong`` for one that is
    /// too far ahead.
    init(after start: UInt64, upTo head: RevocationHead) throws(RevocationError) {
        guard head.size >= start else { throw .rollback }
        guard head.size - start <= Self.maximumEntryCount else { throw .tooLong }
        self.start = start
        end = head.size
    }

    /// Takes what of a delta is missing: it may begin before that, and go beyond the head.
    ///
    /// Throws ``RevocationError/gap`` for one that begins later, or brings nothing.
    mutating func take(_ delta: RevocationDelta) throws(RevocationError) {
        guard delta.after <= size, delta.end > size else { throw .gap }
        // Neither is more than a delta holds.
        let known = Int(size - delta.after)
        let missing = Int(clamping: end - size)
        entries += delta.entries.dropFirst(known).prefix(missing)
    }
}
