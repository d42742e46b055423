/// A key and what was decided about it.
public struct KeyStanding: Sendable, Hashable {
    /// The key.
    public let record: KeyRecord
    /// Whether it is revoked.
    public let isRevoked: Bool
    /// Whether no key is to follow it.
    public let isRetired: Bool

    /// A standing from its parts.
    public init(_ record: KeyRecord, isRevoked: Bool = false, isRetired: Bool = false) {
        self.record = record
        self.isRevoked = isRevoked
        self.isRetired = isRetired
    }

    /// The key's state at a time.
    public func state(at time: UnixTime) -> KeyState { record.state(at: time, isRevoked: isRevoked) }
}
