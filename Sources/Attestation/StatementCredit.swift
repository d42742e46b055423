package import KeySchedule
package import LibSodium
package import PrivacyPass

/// What a checked statement of another party is worth. Who the party is, and everything else that it said, is
/// forgotten.
package struct StatementCredit: Sendable, Hashable {
    /// The keyed digest of the party's name and its id for the statement, by which it is known when it comes again.
    package let id: Bytes32
    /// The capability.
    package let capability: Capability
    /// How many tokens, at least one.
    package let tokens: Int64
    /// Until when it may be used.
    package let expires: UnixTime
    /// The time before which it cannot have been used, if it says so.
    package let notBefore: UnixTime?

    /// The longest time that may lie between now and the end of a statement: 31 days. For as long it is kept that it
    /// was used.
    package static let longestLife: Int64 = 31 * 86_400
    /// By how many seconds the party's clock may differ.
    package static let leeway: Int64 = 60

    /// A credit from its parts.
    package init(id: Bytes32, capability: Capability, tokens: Int64, expires: UnixTime, notBefore: UnixTime? = nil) {
        self.id = id
        self.capability = capability
        self.tokens = tokens
        self.expires = expires
        self.notBefore = notBefore
    }
}

/// How the use of a statement ended.
package enum StatementOutcome: Error, Sendable, Hashable {
    /// The account has the credit now.
    case credited
    /// The statement was used before; nothing was credited.
    case used
    /// It is too old for anybody to know whether it was used.
    case expired
    /// The capability is not given for statements, or revoked.
    case unfit
    /// The account is not open.
    case unknownAccount
}
