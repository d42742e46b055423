public import PrivacyPass

/// What an issuer promises about the keys of a capability and token type; its key history is held against it.
public struct RotationTerms: Sendable, Hashable {
    /// The capability.
    public let capability: Capability
    /// The type of its tokens.
    public let tokenType: TokenType
    /// For how long each key issues, in seconds; at least 1.
    public let epoch: Int64
    /// For how long its tokens are accepted after that, in seconds.
    public let acceptance: Int64
    /// How long before its first use the next key is announced, in seconds.
    public let announcement: Int64
    /// Whether nothing is promised: dates of keys may move. For trying things out; readers of a key log refuse such
    /// terms unless they were told otherwise.
    public let isDevelopment: Bool

    /// The longest of the three that can be promised, in seconds: ten years.
    public static let maximumSeconds: Int64 = 10 * 366 * 86_400

    /// Terms from their parts; `nil` if a length is negative or over ten years, or the epoch is 0.
    public init?(
        capability: Capability, tokenType: TokenType, epoch: Int64, acceptance: Int64, announcement: Int64,
        isDevelopment: Bool = false
    ) {
        guard (1...Self.maximumSeconds).contains(epoch), (0...Self.maximumSeconds).contains(acceptance),
            (0...Self.maximumSeconds).contains(announcement)
        else { return nil }
        self.capability = capability
        self.tokenType = tokenType
        self.epoch = epoch
        self.acceptance = acceptance
        self.announcement = announcement
        self.isDevelopment = isDevelopment
    }

    /// How long before it has to be announced a key is made, in seconds: an hour, or a quarter of a shorter epoch.
    public var margin: Int64 { min(3_600, epoch / 4) }

    /// Whether a schedule under these terms never has more than three keys live at a time: one announced, one issuing,
    /// one accepting.
    public var keepsThreeKeys: Bool { acceptance + announcement <= longestTail }

    /// The most that acceptance and announcement may be together for ``keepsThreeKeys``, in seconds.
    public var longestTail: Int64 { 2 * epoch - margin }

    /// How many keys at most are kept at a time under these terms, from when they are made until their ids are free.
    public var keptKeyCount: Int64 {
        (margin + announcement + epoch + acceptance + RotationPlan.destructionDelay) / epoch + 1
    }

    /// How many keys of a token type one issuer's schedule may keep at a time: requests tell 256 apart, by the last
    /// byte of their ids (RFC 9578, section 5.1), and some are left for those that take a revoked key's place.
    public static let maximumKeptKeys: Int64 = 240
}
