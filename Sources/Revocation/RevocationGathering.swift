/// The entries of one fetch of the revocation list, up to a verified head, which may come in several deltas: each is
/// checked before the next is asked for.
///
/// ```swift
/// var gathering = try RevocationGathering(after: list.size, upTo: head)
/// while !gathering.isComplete { try gathering.take(RevocationDelta(decoding: fetch(after: gathering.size))) }
/// list = try list.applying(gathering.entries, upTo: head)
/// ```
public struct RevocationGathering {
    /// How many entries one fetch brings at most: they take up to about 400 MB until they are stored.
    public static let maximumEntryCount: UInt64 = 4_000_000

    /// The entries so far.
    public private(set) var entries: [RevocationEntry] = []
    private let start: UInt64
    private var end: UInt64

    /// The number of entries known: what to ask for entries after.
    public var size: UInt64 { start + UInt64(entries.count) }
    /// Whether the entries reach to the head.
    public var isComplete: Bool { size == end }

    /// Begins after the first `start` entries.
    ///
    /// Throws ``RevocationError/rollback`` for a head of fewer entries, and ``RevocationError/tooLong`` for one that is
    /// too far ahead.
    public init(after start: UInt64, upTo head: RevocationHead) throws(RevocationError) {
        guard head.size >= start else { throw .rollback }
        guard head.size - start <= Self.maximumEntryCount else { throw .tooLong }
        self.start = start
        end = head.size
    }

    /// Goes on to a newer head: what was gathered for the one before counts for it too, as nothing is certain of it
    /// until it leads to a head.
    ///
    /// Throws ``RevocationError/rollback`` for a head of fewer entries than were gathered, and
    /// ``RevocationError/tooLong``.
    public mutating func goOn(upTo head: RevocationHead) throws(RevocationError) {
        guard head.size >= size else { throw .rollback }
        guard head.size - start <= Self.maximumEntryCount else { throw .tooLong }
        end = head.size
    }

    /// Takes what of a delta is missing: it may begin before that, and go beyond the head.
    ///
    /// Throws ``RevocationError/gap`` for one that begins later, or brings nothing.
    public mutating func take(_ delta: RevocationDelta) throws(RevocationError) {
        guard delta.after <= size, delta.end > size else { throw .gap }
        // Neither is more than a delta holds.
        let known = Int(size - delta.after)
        let missing = Int(clamping: end - size)
        entries += delta.entries.dropFirst(known).prefix(missing)
    }
}
