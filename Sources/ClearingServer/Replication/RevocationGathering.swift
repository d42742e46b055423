internal import Revocation

/// The entries of one fetch of the revocation list, which may come in several pages: each page is checked before the
/// next is asked for.
struct RevocationGathering {
    /// How many entries one fetch brings at most: they take up to about 300 MB until they are stored.
    static let maximumEntryCount: UInt64 = 4_000_000

    /// The entries so far.
    private(set) var entries: [RevocationEntry] = []
    /// The head that came with the last page, signed.
    private(set) var signedHead = ""
    /// Whether the entries lead to the head, or no more are to be had.
    private(set) var isComplete = false
    private let start: UInt64
    private var headSize: UInt64

    /// The number of entries known: what to ask for entries after.
    var size: UInt64 { start + UInt64(entries.count) }

    /// Begins after the first `start` entries.
    init(after start: UInt64) {
        self.start = start
        headSize = start
    }

    /// Takes one page, whose head was verified.
    ///
    /// Throws ``RevocationError/rollback`` for a head shorter than one before, ``RevocationError/tooLong`` for one that
    /// is too far ahead, and ``RevocationError/gap`` for a page or entries that do not follow or go beyond the head.
    mutating func take(_ page: RevocationPage, head: RevocationHead) throws(RevocationError) {
        guard head.size >= headSize else { throw .rollback }
        guard head.size - start <= Self.maximumEntryCount else { throw .tooLong }
        guard page.after == size, UInt64(page.entries.count) <= head.size - size else { throw .gap }
        for (number, entry) in page.entries.enumerated() {
            guard entry.sequence == size + UInt64(number) + 1 else { throw .gap }
        }
        entries += page.entries
        headSize = head.size
        signedHead = page.signedHead
        isComplete = size == head.size || page.entries.count < RevocationPage.maximumEntryCount
    }
}
