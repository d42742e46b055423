internal import Foundation
internal import GRDB
package import KeySchedule
package import KeyTransparency
package import LibSodium
internal import SQLiteSupport

/// What a witness did with a checkpoint.
package enum CosigningOutcome: Sendable, Hashable {
    /// It is recorded as the last one of its log, durably, and this is the cosignature.
    case cosigned(NoteSignature)
    /// Another size was cosigned last, this one.
    case conflict(size: UInt64)
    /// Another tree of this size was cosigned: the log has two histories.
    case otherHistory(size: UInt64)
    /// The proof does not hold.
    case inconsistent
    /// The old size is larger than the new one, or there is a proof where there can be none.
    case badRequest
    /// The clock is wrong, or behind the time of an earlier cosignature.
    case wrongClock
}

/// What was cosigned last of a log.
package struct WitnessedLog: Sendable, Hashable {
    /// The log.
    package let origin: NoteKeyName
    /// The tree's size and root.
    package let head: TreeHead
    /// The time in the cosignature.
    package let time: UnixTime
}

extension WitnessDatabase {
    /// How far the clock may fall behind the time of the last cosignature, which is then used again, in seconds.
    static let clockTolerance: Int64 = 60

    /// Cosigns a checkpoint if it extends the one that was cosigned last of its log.
    ///
    /// That check and the record of the new checkpoint are one transaction, which is durable when this returns; of
    /// concurrent calls for one log each sees what those before it recorded. `now` is asked within it, and answers nil
    /// while the clock is wrong. No cosignature's time is before that of an earlier one of the log. Throws
    /// ``StoreError``: then nothing was cosigned.
    package func cosign(
        _ log: LogCheckpoint, oldSize: UInt64, proof: [Bytes32], now: @escaping @Sendable () -> UnixTime?
    ) async throws -> CosigningOutcome {
        let recorded = try await store.write { db in
            try Self.record(db, log, oldSize: oldSize, proof: proof, now: now)
        }
        switch recorded {
        case .refused(let outcome): return outcome
        case .recorded(let time): return .cosigned(signer.cosignature(for: log.checkpoint, at: time))
        }
    }

    private enum Recorded {
        case recorded(UnixTime)
        case refused(CosigningOutcome)
    }

    private static func record(
        _ db: Database, _ log: LogCheckpoint, oldSize: UInt64, proof: [Bytes32], now: () -> UnixTime?
    ) throws -> Recorded {
        let origin = log.checkpoint.origin
        let last = try last(db, of: origin)
        switch WitnessDecision(log, oldSize: oldSize, proof: proof, last: last?.head) {
        case .cosign(let checkpoint):
            guard let now = now(), last.map({ $0.time.seconds(since: now) <= clockTolerance }) ?? true else {
                return .refused(.wrongClock)
            }
            let time = max(now, last?.time ?? now)
            try db.execute(
                sql: "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?)",
                arguments: [
                    origin.text, Int64(checkpoint.head.size), Data(checkpoint.head.root.bytes), time.seconds,
                ])
            return .recorded(time)
        case .conflict(let size):
            return .refused(
                size == oldSize && size == log.checkpoint.head.size ? .otherHistory(size: size) : .conflict(size: size))
        case .inconsistent: return .refused(.inconsistent)
        // A signature was checked before: there is no other reason left.
        case .badRequest, .untrusted: return .refused(.badRequest)
        }
    }

    private static func last(_ db: Database, of origin: NoteKeyName) throws -> WitnessedLog? {
        try Row.fetchOne(db, sql: "SELECT * FROM log WHERE origin = ?", arguments: [origin.text]).map(log)
    }

    private static func log(_ row: Row) throws -> WitnessedLog {
        let (size, root) = (try row.value("size", as: Int64.self), try row.value("root", as: Data.self))
        let time = try row.value("time", as: Int64.self)
        guard let origin = NoteKeyName(try row.value("origin", as: String.self)), size >= 0,
            UInt64(size) <= TreeHead.maximumSize, let root = Bytes32(Array(root))
        else { throw UnreadableRow() }
        return WitnessedLog(
            origin: origin, head: TreeHead(size: UInt64(size), root: root), time: UnixTime(seconds: time))
    }

    /// Whether the time is known and not behind that of a cosignature that was made; `false` if the database fails too.
    package func agrees(with now: UnixTime?) async -> Bool {
        guard let now else { return false }
        let newest = try? await store.read { try Int64.fetchOne($0, sql: "SELECT coalesce(max(time), 0) FROM log") }
        return newest.map { UnixTime(seconds: $0).seconds(since: now) <= Self.clockTolerance } ?? false
    }

    /// What was cosigned last of each log, by origin.
    package func logs() async throws -> [WitnessedLog] { try await store.read(Self.allLogs) }

    /// ``logs()`` for code that may block.
    package func logsBlocking() throws -> [WitnessedLog] { try store.readBlocking(Self.allLogs) }

    private static func allLogs(_ db: Database) throws -> [WitnessedLog] {
        try Row.fetchAll(db, sql: "SELECT * FROM log ORDER BY origin").map(log)
    }
}
