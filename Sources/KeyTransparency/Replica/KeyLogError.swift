/// Why what a log shows is not believed.
public enum KeyLogError: Error, Sendable, Hashable {
    /// The checkpoint's note does not hold.
    case checkpoint(NoteError)
    /// Fewer witnesses than the policy asks for have cosigned the checkpoint recently.
    case tooFewWitnesses(found: Int, needed: Int)
    /// The checkpoint is of an earlier state than one that was seen before.
    case rollback
    /// The checkpoint is of another history than one that was seen before: a split view.
    case fork
    /// The entries are not as many as the checkpoint says.
    case incomplete
    /// An entry cannot be read; its index from 0.
    case malformedEntry(index: UInt64)
    /// An entry breaks a rule; its index from 0.
    case violation(HistoryViolation, index: UInt64)
}
