public import KeySchedule
public import Revocation

/// What the log says about one key.
public struct LoggedKey: Sendable, Hashable {
    /// The record as it stands now.
    public internal(set) var record: KeyRecord
    /// When it was announced.
    public let announced: UnixTime
    /// The place of the entry that announced it, from 0.
    public let entry: UInt64
    /// Why and when it was revoked, if it was.
    public internal(set) var revocation: Revocation?
    /// How many tokens it issued, once it has ended.
    public internal(set) var issued: UInt64?

    /// How many of its tokens clearing servers said were spent, as far as they did.
    public internal(set) var redeemed: UInt64 = 0

    /// A key's revocation.
    public struct Revocation: Sendable, Hashable {
        /// Why.
        public let reason: RevocationReason
        /// When it was logged.
        public let time: UnixTime
    }

    init(record: KeyRecord, announced: UnixTime, entry: UInt64) {
        self.record = record
        self.announced = announced
        self.entry = entry
    }

    /// The key's state at a time, as the log tells it.
    public func state(at time: UnixTime) -> KeyState {
        record.state(at: time, isRevoked: revocation.map { $0.time <= time } ?? false)
    }
}
