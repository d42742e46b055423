import Foundation
import GRDB
import SQLiteSupport
import Synchronization
import TestSupport
import Testing

struct GroupCommitTests {
    private struct Refused: Error, Equatable {}

    let temporary: TemporaryDirectory
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryDirectory()
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: "CREATE TABLE number (n INTEGER PRIMARY KEY) STRICT") }
        store = try SQLiteStore(in: DataDirectory(path: temporary.path, side: .authority), migrator: migrator)
    }

    @Test func concurrentWritersShareCommits() async throws {
        let commits = CommitCounter()
        try await store.read { $0.add(transactionObserver: commits, extent: .databaseLifetime) }
        // Nothing is written until all of them have come, so that no disk is fast enough to serve each alone.
        let gathering = Gathering(of: 1_000)
        async let held: Void = store.read { _ in gathering.waitForAll() }
        try await withThrowingTaskGroup { group in
            for number in 0..<1_000 {
                group.addTask {
                    gathering.arrive()
                    try await insert(number)
                }
            }
            try await group.waitForAll()
        }
        try await held
        #expect(try await numbers().count == 1_000)
        #expect(commits.count < 500)
    }

    @Test func aFailedWriterTakesBackOnlyItsOwnWrites() async throws {
        let outcomes = await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await store.write { db in
                            try db.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number])
                            if number % 3 == 0 { throw Refused() }
                        }
                        return (number, true)
                    } catch {
                        #expect(error as? Refused == Refused())
                        return (number, false)
                    }
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes.allSatisfy { $0.value == ($0.key % 3 != 0) })
        #expect(try await numbers() == (0..<100).filter { $0 % 3 != 0 })
    }

    @Test func aWriterThatBreaksAConstraintGetsATypedError() async throws {
        try await insert(1)
        await #expect(throws: StoreError.statementFailed(path: store.path, code: 1555)) { try await insert(1) }
        try await insert(2)
        #expect(try await numbers() == [1, 2])
    }

    @Test func whoLosesTheWholeTransactionIsToldAndTheNextOnesGoOn() async throws {
        let outcomes = await withTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        try await store.write { db in
                            try db.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number])
                            // What SQLite does by itself when the disk is full.
                            if number == 25 { try db.execute(sql: "ROLLBACK"); throw Refused() }
                        }
                        return number
                    } catch {
                        return -1
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(try await Set(numbers()) == outcomes.subtracting([-1]))
        #expect(!outcomes.contains(25))
        try await insert(1000)
    }

    @Test func aCancelledCallerStillGetsTheOutcome() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await insert(7)
        }
        try await task.value
        #expect(try await numbers() == [7])
    }

    private func insert(_ number: Int) async throws {
        try await store.write { try $0.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number]) }
    }

    private func numbers() async throws -> [Int] {
        try await store.read { try Int.fetchAll($0, sql: "SELECT n FROM number ORDER BY n") }
    }
}

/// A number of callers, and somebody who waits until all of them have come.
private final class Gathering: Sendable {
    private let missing: Mutex<Int>
    private let isComplete = DispatchSemaphore(value: 0)

    init(of count: Int) { missing = Mutex(count) }

    func arrive() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { isComplete.signal() }
    }

    func waitForAll() { isComplete.wait() }
}

private final class CommitCounter: TransactionObserver, Sendable {
    private let commits = Mutex(0)
    var count: Int { commits.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
}
