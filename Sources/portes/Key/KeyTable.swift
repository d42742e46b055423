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
            if json { try Output.json(key) } else { table([key]).print() }
        case .keys(let keys):
            if json {
                try Output.json(keys)
            } else if keys.isEmpty {
                Output.note("no keys yet; make one with: portes key create --capability session")
            } else {
                table(keys).print()
            }
        default: throw reply.unexpected
        }
    }

    private static func table(_ keys: [KeySummary]) -> Table {
        Table(
            ["ID", "CAPABILITY", "STATE", "ISSUED", "NOT BEFORE", "ISSUES UNTIL", "ACCEPTED UNTIL"],
            keys.map { key in
                [
                    String(key.id.prefix(16)), key.record.capability.name, key.state.rawValue, String(key.issued),
                    date(key.record.notBefore), date(key.record.issueUntil), date(key.record.acceptUntil),
                ]
            })
    }

    /// A time as people read it, in UTC.
    static func date(_ time: UnixTime) -> String {
        // The calendar cannot express every number: nothing is shown beyond the years 1 and 9999.
        Date(timeIntervalSince1970: TimeInterval(min(max(time.seconds, -62_135_596_800), 253_402_300_799)))
            .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
    }
}
