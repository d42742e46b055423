public import KeySchedule

/// One entry of the key log: what happened, and when the issuer says that it did.
public struct LogEntry: Sendable, Hashable {
    /// When, in whole seconds.
    public let time: UnixTime
    /// What.
    public let event: KeyEvent

    /// An entry from its parts.
    public init(time: UnixTime, event: KeyEvent) {
        self.time = time
        self.event = event
    }
}
