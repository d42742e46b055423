import AuthorityServer
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation

/// An entry of a log in words.
struct LogEvent: Encodable {
    /// Its place, from 0.
    let entry: UInt64
    /// When it says that it was made.
    let time: String
    /// What kind of entry it is.
    let kind: String
    /// The capability, where one is known.
    let capability: String?
    /// The key's id, 64 hexadecimal digits.
    let key: String?
    /// The token type's code point, of a key or of terms.
    let tokenType: UInt16?
    /// What happened.
    let text: String

    private enum CodingKeys: String, CodingKey {
        case entry, time, kind, capability, key, text
        case tokenType = "token-type"
    }

    /// An entry at a place; the history before it tells what its key is for.
    init(_ logged: LogEntry, at entry: UInt64, history: KeyHistory) {
        self.entry = entry
        time = KeyTable.date(logged.time)
        key = logged.event.keyID?.hexadecimal
        let record = logged.event.keyID.flatMap { history.keys[$0]?.record }
        let type = Self.tokenType(logged.event) ?? record?.tokenType
        tokenType = type?.rawValue
        let id = key.map { "key \($0.prefix(8))" + (type.map { " of type \($0)" } ?? "") } ?? ""
        switch logged.event {
        case .terms(let terms):
            (kind, capability) = ("terms", terms.capability.name)
            text = Self.words(terms)
        case .announced(let new):
            (kind, capability) = ("announced", new.capability.name)
            text = "\(id) announced: \(Self.dates(new))"
        case .rescheduled(let new):
            (kind, capability) = ("rescheduled", new.capability.name)
            text = "\(id) rescheduled: \(Self.dates(new))"
        case .revoked(_, let reason):
            (kind, capability) = ("revoked", record?.capability.name)
            text = "\(id) revoked: \(reason.name)"
        case .ended(_, let issued):
            (kind, capability) = ("ended", record?.capability.name)
            text = "\(id) ended: \(issued) tokens issued"
        case .redeemed(_, let count, _):
            (kind, capability) = ("redeemed", record?.capability.name)
            text = "\(id): a clearing server saw \(count) of its tokens spent"
        case .capabilityRevoked(let revoked, let day, let reason):
            (kind, capability) = ("capability-revoked", revoked.name)
            text = "revoked from \(day.dateText) on: \(reason.name)"
        }
    }

    private static func tokenType(_ event: KeyEvent) -> TokenType? {
        switch event {
        case .terms(let terms): terms.tokenType
        case .announced(let record), .rescheduled(let record): record.tokenType
        case .revoked, .ended, .redeemed, .capabilityRevoked: nil
        }
    }

    /// The line for people.
    var line: String { "\(time)  \(capability ?? "?"): \(text)" }

    private static func words(_ terms: RotationTerms) -> String {
        let promise = "a key issues for \(TimeSpan(seconds: terms.epoch).text), its tokens are accepted "
            + "\(TimeSpan(seconds: terms.acceptance).text) longer, the next is announced "
            + "\(TimeSpan(seconds: terms.announcement).text) ahead"
        return "terms for type \(terms.tokenType)"
            + (terms.isDevelopment ? " of development, whose dates may move" : "") + ": " + promise
    }

    private static func dates(_ record: KeyRecord) -> String {
        "issues from \(KeyTable.date(record.notBefore)) until \(KeyTable.date(record.issueUntil)), "
            + "accepted until \(KeyTable.date(record.acceptUntil))"
    }
}
