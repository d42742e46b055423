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

    private static func table(_ keys: [KeySummary]) -> Table {
        Table(
            ["ID", "CAPABILITY", "STATE", "ISSUED", "NOT BEFORE", "ISSUES UNTIL", "ACCEPTED UNTIL"],
            keys.map { key in
                [
                    String(key.id.prefix(16)), key.record.capability.name, state(of: key), String(key.issued),
                    date(key.record.notBefore), date(key.record.issueUntil), date(key.record.acceptUntil),
                ]
            })
    }

    private static func state(of key: KeySummary) -> String {
        // A retired key differs as long as a successor could be expected of it.
        let isLive = [.announced, .issuing].contains(key.state)
        return key.isRetired && isLive ? "\(key.state.rawValue),retired" : key.state.rawValue
    }

    /// A time as people read it, in UTC.
    static func date(_ time: UnixTime) -> String {
        // The calendar cannot express every number: nothing is shown beyond the years 1 and 9999.
        Date(timeIntervalSince1970: TimeInterval(min(max(time.seconds, -62_135_596_800), 253_402_300_799)))
            .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
    }
}
