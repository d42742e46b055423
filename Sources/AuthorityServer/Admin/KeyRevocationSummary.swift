package import KeySchedule
import PrivacyPass

/// What revoking a key did, or would do.
package struct KeyRevocationSummary: Sendable, Hashable, Codable {
    /// The key as it was before.
    package var key: KeySummary
    /// The entry of the revocation list; `nil` where nothing was done yet.
    package var entry: RevocationSummary?
    /// The key that issues in its place; `nil` if none does.
    package var replacement: Replacement?
    /// How many vouchers get tokens back.
    package var vouchers: Int64
    /// How many accounts get credit back.
    package var accounts: Int64
    /// How many tokens they get back in all.
    package var tokens: Int64
    /// How many keys of the capability are live afterwards: with more of them, the crowds are smaller.
    package var liveKeys: Int
    /// The names of the trusted clearing servers that have the key.
    package var verifiers: [String]
    /// Whether the key log that apps read tells of it; `nil` where no server runs, or nothing was done yet.
    package var isPublished: Bool?

    /// What a revocation amounts to, from its parts.
    package init(
        key: KeySummary, entry: RevocationSummary?, replacement: Replacement?, vouchers: Int64,
        accounts: Int64 = 0, tokens: Int64, liveKeys: Int, verifiers: [String]
    ) {
        (self.key, self.entry, self.replacement) = (key, entry, replacement)
        (self.vouchers, self.accounts, self.tokens) = (vouchers, accounts, tokens)
        self.liveKeys = liveKeys
        self.verifiers = verifiers
    }

    /// A key that takes the place of a revoked one.
    package struct Replacement: Sendable, Hashable, Codable {
        /// The id, 64 hexadecimal digits; `nil` for a key that is still to be made.
        package var id: String?
        /// Whether it is made for this; otherwise it was announced and begins earlier.
        package var isNew: Bool
        /// When it begins to issue.
        package var notBefore: UnixTime
        /// When it stops issuing.
        package var issueUntil: UnixTime

        enum CodingKeys: String, CodingKey {
            case id
            case isNew = "new"
            case notBefore = "not-before"
            case issueUntil = "issue-until"
        }

        init(_ record: KeyRecord, isNew: Bool) {
            (id, self.isNew) = (record.id.hexadecimal, isNew)
            (notBefore, issueUntil) = (record.notBefore, record.issueUntil)
        }

        init(_ dates: KeyDates) {
            (id, isNew) = (nil, true)
            (notBefore, issueUntil) = (dates.notBefore, dates.issueUntil)
        }
    }

    enum CodingKeys: String, CodingKey {
        case key, entry, replacement, vouchers, accounts, tokens, verifiers
        case liveKeys = "live-keys"
        case isPublished = "published"
    }
}
