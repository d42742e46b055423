/// Why something was revoked: a closed set, so that a reason cannot carry anything about a person.
public enum RevocationReason: UInt8, Sendable, Hashable, CaseIterable {
    /// No reason is given.
    case unspecified = 0
    /// The key is known or feared to be in other hands.
    case keyCompromised = 1
    /// Its holder gave the token up.
    case surrendered = 2
    /// The capability is no longer offered.
    case withdrawn = 3
    /// A clearing server lost the ledger of what was spent.
    case ledgerLost = 4
    /// The authority was restored from an older copy, and has forgotten what was drawn since.
    case authorityRestored = 5

    /// The reason in words of the command line: lower case, hyphens.
    public var name: String {
        switch self {
        case .unspecified: "unspecified"
        case .keyCompromised: "key-compromised"
        case .surrendered: "surrendered"
        case .withdrawn: "withdrawn"
        case .ledgerLost: "ledger-lost"
        case .authorityRestored: "authority-restored"
        }
    }

    /// The reason of this name, or `nil`.
    public init?(name: String) {
        guard let reason = RevocationReason.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }
}
