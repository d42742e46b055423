public import KeySchedule

/// A key log as one reader has followed it: every entry replayed, every rule checked.
///
/// It grows from checkpoint to checkpoint. As the tree over all entries is put together again each time, a checkpoint
/// that it accepts is consistent with every one before; no proof from the log is needed for that.
public struct KeyLogReplica: Sendable, Hashable {
    /// What the entries say.
    public private(set) var history = KeyHistory()
    private var frontier = TreeFrontier()

    /// A replica that has seen nothing.
    public init() {}

    /// The number of entries replayed, and the root over them.
    public var head: TreeHead { frontier.head }

    /// By how many seconds an entry's time may be ahead of a reader's clock.
    public static let clockTolerance: Int64 = 300

    /// Takes the entries up to a checkpoint in: those from ``head``'s size on, each its leaf's bytes.
    ///
    /// An entry of a time to come, by the reader's clock, is ``HistoryViolation/inTheFuture``: with such entries a log
    /// could pretend that keys are over which are not. Throws ``KeyLogError`` and then is as it was: `.rollback` if the
    /// checkpoint is of an earlier state, `.incomplete` unless the entries are just as many as are new, `.fork` if they
    /// do not lead to its root.
    public mutating func extend(to checkpoint: Checkpoint, entries: [[UInt8]], at now: UnixTime) throws(KeyLogError) {
        let target = checkpoint.head
        guard target.size >= frontier.size else { throw .rollback }
        guard UInt64(entries.count) == target.size - frontier.size else { throw .incomplete }
        var (frontier, history) = (frontier, history)
        for entry in entries { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        // Before any entry is looked at: what the log did not sign means nothing.
        guard frontier.head == target else { throw .fork }
        for bytes in entries {
            let index = history.size
            let entry: LogEntry
            do { entry = try LogEntry(decoding: bytes) } catch { throw .malformedEntry(index: index) }
            guard entry.time.seconds(since: now) <= Self.clockTolerance else {
                throw .violation(.inTheFuture, index: index)
            }
            do { try history.apply(entry) } catch { throw .violation(error, index: index) }
        }
        (self.frontier, self.history) = (frontier, history)
    }
}
