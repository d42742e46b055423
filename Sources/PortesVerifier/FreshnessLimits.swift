public import PrivacyPass

/// How old the revocation list may be before tokens are refused, for each capability.
public struct FreshnessLimits: Sendable, Hashable {
    /// The limit of capabilities that have none of their own.
    public let standard: Duration
    private let special: [Capability: Duration]

    /// Limits: one hour unless told otherwise.
    public init(standard: Duration = .seconds(3600), special: [Capability: Duration] = [:]) {
        self.standard = standard
        self.special = special
    }

    /// The limit of a capability.
    public func limit(for capability: Capability) -> Duration { special[capability] ?? standard }
}
