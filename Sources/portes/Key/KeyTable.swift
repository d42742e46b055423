import AuthorityServer
import Foundation
import KeySchedule
import PrivacyPass

/// Keys as a table.
enum KeyTable {
    /// Prints the key or the keys of a reply.
    static func show(_ reply: AdminReply, json: Bool) throws {
        switch reply {
        case .key(let key):
            if json { try Output.json(key) } else { try table([key]).print() }
        case .keys(let keys):
            if json {
                try Output.json(keys)
            } else if keys.isEmpty {
                Output.note("no keys yet; make one with: portes key create --capability session")
            } else {
                try table(keys).print()
            }
        default: throw reply.unexpected
        }
    }

    /// The keys, a line for each.
    static func table(_ keys: [KeySummary]) -> Table {
        Table(
            [
                "ID", "CAPABILITY", "TYPE", "STATE", "AGE", "ISSUED", "LEFT", "NOT BEFORE", "ISSUES UNTIL",
                "ACCEPTED UNTIL",
            ],
            keys.map { key in
                [
                    String(key.id.prefix(16)), key.record.capability.name, "\(key.record.tokenType)", state(of: key),
                    age(of: key), String(key.issued), left(of: key), date(key.record.notBefore), date(key.record.issueUntil),
                    date(key.record.acceptUntil),
                ]
            })
    }

    private static func state(of key: KeySummary) -> String {
        // A retired key differs as long as a successor could be expected of it.
        let isLive = [.announced, .issuing].contains(key.state)
        return key.isRetired && isLive ? "\(key.state.rawValue),retired" : key.state.rawValue
    }

    /// For how long it has issued tokens.
    private static func age(of key: KeySummary) -> String {
        let seconds = key.now.seconds(since: key.record.notBefore)
        return seconds < 0 ? "-" : PlanTable.remaining(seconds)
    }

    /// How long its present state lasts.
    private static func left(of key: KeySummary) -> String {
        let end: UnixTime? =
            switch key.state {
            case .announced: key.record.notBefore
            case .issuing: key.record.issueUntil
            case .accepting: key.record.acceptUntil
            case .ended, .revoked: nil
            }
        return end.map { PlanTable.remaining($0.seconds(since: key.now)) } ?? "-"
    }

    /// A time as people read it, in UTC.
    static func date(_ time: UnixTime) -> String {
        // The calendar cannot express every number: nothing is shown beyond the years 1 and 9999.
        Date(timeIntervalSince1970: TimeInterval(min(max(time.seconds, -62_135_596_800), 253_402_300_799)))
            .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
    }
}
