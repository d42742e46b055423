import GRDB
import KeySchedule
import KeyTransparency
import PrivacyPass
import SQLiteSupport

/// Appends to the key log within one transaction.
struct KeyLogWriter {
    /// How many seconds the clock may be behind the newest entry: a correction of a clock, and no more.
    private static let tolerance: Int64 = 60

    private let db: Database
    private let time: UnixTime

    /// A writer for a log that says `history`, at a time of the clock; throws
    /// ``KeyLogRefusal/clockIsBehind(seconds:)``, unless it `mayBeBehind`. Entries get the time that they were
    /// `planned` for, but no earlier one than the newest's.
    init(
        _ db: Database, history: KeyHistory, at now: UnixTime, planned: UnixTime? = nil, mayBeBehind: Bool = false
    ) throws {
        self.db = db
        let last = history.lastTime ?? now
        guard mayBeBehind || last.seconds(since: now) <= Self.tolerance else {
            throw KeyLogRefusal.clockIsBehind(seconds: last.seconds(since: now))
        }
        time = max(planned ?? now, last)
    }

    /// Checks an event against the rules of the log, and appends it. Throws ``KeyLogRefusal``.
    func append(_ event: KeyEvent, to history: inout KeyHistory) throws {
        let entry = LogEntry(time: time, event: event)
        do { try history.apply(entry) } catch { throw KeyLogRefusal.violation(error) }
        let bytes = entry.encoded
        // What could not be read again would end the log for good.
        guard (try? LogEntry(decoding: bytes)) == entry else { throw UnreadableRow() }
        try StoredLog.keys.append(db, [bytes])
    }

    /// The history that a database's log tells; throws `UnreadableRow` unless every entry follows the rules and the
    /// tree is that of the entries.
    static func history(_ db: Database) throws -> KeyHistory {
        let frontier = try StoredLog.keys.frontier(db)
        var history = KeyHistory()
        var tree = TreeFrontier()
        for bytes in try StoredLog.keys.entries(db, 0..<frontier.size) {
            tree.append(MerkleHash.leaf(bytes)) { _, _, _ in }
            guard let entry = try? LogEntry(decoding: bytes), (try? history.apply(entry)) != nil else {
                throw UnreadableRow()
            }
        }
        guard tree == frontier else { throw UnreadableRow() }
        return history
    }
}
