import Foundation
import GRDB
import KeyDelivery
package import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Synchronization

/// What was published goes on where it was published: never a second history.
extension AuthorityDatabase {
    /// What was published is not the continuation of what is here: two histories.
    package struct OtherHistory: Error, Sendable, Hashable, CustomStringConvertible {
        /// One line for people: lower case, no full stop.
        package var description: String { "what was published does not go on from this backup" }
        /// What to do about it; lower case, no full stop.
        package var hint: String? { "name the newest export of this authority's log, and a backup of this authority" }
    }

    /// Takes over what was published after this database was copied: the entries of the key log, with what they say of
    /// keys, and those of the revocation list. Answers how many of each are new, and how many tokens went back to
    /// vouchers, as the revocations of keys among them ask for.
    ///
    /// Throws ``OtherHistory`` if what is here is not the beginning of what was published. Blocks.
    package func catchUp(with published: PublishedState) throws -> (log: Int, revocations: Int, tokens: Int64) {
        try history.withLock { history in
            var next = history
            let new = try store.writeBlocking { db in
                let size = try StoredLog.keys.frontier(db).size
                guard size <= UInt64(published.log.count),
                    try StoredLog.keys.entries(db, 0..<size) == Array(published.log.prefix(Int(size)))
                else { throw OtherHistory() }
                let entries = Array(published.log.dropFirst(Int(size)))
                var tokens: Int64 = 0
                for bytes in entries {
                    guard let entry = try? LogEntry(decoding: bytes), (try? next.apply(entry)) != nil else {
                        throw OtherHistory()
                    }
                    tokens += try Self.follow(db, entry.event)
                }
                try StoredLog.keys.append(db, entries)
                return (entries.count, try Self.catchUp(db, with: published.revocations), tokens)
            }
            history = next
            summarise(next)
            return new
        }
    }

    /// Makes the tables of keys and counts say what an entry says; revocations come from their own list, but what a
    /// revocation gives back was given back after the copy was made, and is so again. Answers how many tokens.
    private static func follow(_ db: Database, _ event: KeyEvent) throws -> Int64 {
        switch event {
        case .announced(let record): try insert(db, record)
        case .rescheduled(let record): try setDates(db, of: record)
        case .revoked(let id, let reason) where reason.givesBack: return try giveBack(db, drawnUnder: id).tokens
        case .redeemed(_, _, let statement):
            guard let count = try? RedeemedCount(onRecord: statement) else { throw OtherHistory() }
            try insert(db, count, statement: statement)
        case .terms, .revoked, .ended, .capabilityRevoked: break
        }
        return 0
    }

    private static func catchUp(_ db: Database, with published: [RevocationEntry]) throws -> Int {
        let here = try Data.fetchAll(db, sql: "SELECT entry FROM revocation ORDER BY sequence")
        guard here.count <= published.count, zip(here, published).allSatisfy({ Array($0) == $1.encoded }) else {
            throw OtherHistory()
        }
        for entry in published.dropFirst(here.count) {
            let root = try revocationStand(db).root
            try db.execute(
                sql: "INSERT INTO revocation VALUES (?, ?, ?, ?)",
                arguments: [
                    Int64(entry.sequence), entry.storedSubject, Data(entry.encoded), entry.root(after: root).data,
                ])
            if case .verifier(let id) = entry.subject { try forget(db, id) }
        }
        return published.count - here.count
    }

    /// The keys under which something may have been charged since a time, or will be: that issued then or later, and
    /// are neither revoked nor over.
    package func keysCharged(since time: UnixTime, at now: UnixTime) throws -> [StoredKey] {
        try keys().filter {
            $0.record.issueUntil > time && [.announced, .issuing, .accepting].contains($0.state(at: now))
        }
    }

    /// Counts the deliveries to clearing servers on from a number that none has seen: the copy has forgotten the
    /// newest, and an older one would be refused.
    func raiseDeliveries(at now: UnixTime) throws {
        try store.writeBlocking { db in
            let last = try Int64.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'delivery-sequence'") ?? 0
            try Self.set(db, "delivery-sequence", max(last, now.seconds))
            for name in try String.fetchAll(db, sql: "SELECT DISTINCT capability FROM verifier_capability") {
                guard let capability = Capability(name) else { throw UnreadableRow() }
                try Self.raiseSequence(db, capability: capability)
            }
        }
    }

    /// Begins the log of the revocation list's heads anew, under another origin: what it said since the copy is not
    /// known, and a log must not say two things.
    func beginHeadLogAnew() throws {
        try store.writeBlocking { db in
            let trigger = "log_entry_is_not_removed"
            let text = try String.fetchOne(
                db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [trigger])
            try db.execute(sql: "DROP TRIGGER \(trigger)")
            try StoredLog.revocationHeads.remove(db)
            if let text { try db.execute(sql: text) }
            let generation = try Int64.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'head-log'") ?? 1
            try Self.set(db, "head-log", generation + 1)
        }
    }
}
