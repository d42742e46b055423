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

    /// The longest of the three that can be promised, in seconds: ten years.
    public static let maximumSeconds: Int64 = 10 * 366 * 86_400

    /// Terms from their parts; `nil` if a length is negative or over ten years, or the epoch is 0.
    public init?(capability: Capability, tokenType: TokenType, epoch: Int64, acceptance: Int64, announcement: Int64) {
        guard (1...Self.maximumSeconds).contains(epoch), (0...Self.maximumSeconds).contains(acceptance),
            (0...Self.maximumSeconds).contains(announcement)
        else { return nil }
        self.capability = capability
        self.tokenType = tokenType
        self.epoch = epoch
        self.acceptance = acceptance
        self.announcement = announcement
    }
}
