public import KeySchedule
public import PrivacyPass

/// Keys of which a server does not know any more what was spent, because its ledger was restored from a backup. It
/// refuses their tokens for ever: each of them could have been spent before.
public struct LostLedgers: Sendable, Hashable {
    /// Every key that begins until this time is one: what the authority signed as the time of the restore.
    public let floor: UnixTime?
    /// Every key that the backup knew.
    public let keys: Set<TokenKeyID>

    /// None.
    public static let none = LostLedgers(floor: nil, keys: [])

    /// Lost ledgers from their parts.
    public init(floor: UnixTime?, keys: Set<TokenKeyID>) {
        self.floor = floor
        self.keys = keys
    }

    /// Whether the ledger of a key is lost.
    public func contains(_ record: KeyRecord) -> Bool {
        if let floor, record.notBefore <= floor { return true }
        return keys.contains(record.id)
    }
}
