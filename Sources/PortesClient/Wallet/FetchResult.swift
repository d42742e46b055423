/// How many tokens a fetch brought into a wallet.
public struct FetchResult: Sendable, Hashable {
    /// Those that it asked for itself.
    public internal(set) var requested = 0
    /// Those of the same kind that an earlier fetch had asked for without an answer. There may be more than were
    /// wanted now.
    public internal(set) var resumed = 0
    /// Those of other kinds that an earlier fetch had asked for without an answer.
    public internal(set) var others = 0
    /// Those that an earlier fetch had asked for without an answer, and that will never come: by the key log their key
    /// or capability is revoked, or their acceptance is over, or the issuer never charged them and does not now. They
    /// are not asked for again. Where a fetch throws, ``Wallet/takeAbandoned()`` tells.
    public internal(set) var abandoned = 0
}
