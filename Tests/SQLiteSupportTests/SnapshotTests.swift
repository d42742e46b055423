import Foundation
import GRDB
import SQLiteSupport
import TestSupport
import Testing

struct SnapshotTests {
    let temporary: TemporaryDirectory
    private var copy: String { temporary.path + "/copy.sqlite" }

    init() throws { temporary = try TemporaryDirectory() }

    private func open() throws -> SQLiteStore {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: "CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT)")
        }
        return try SQLiteStore(in: DataDirectory(path: temporary.path, side: .clearing), migrator: migrator)
    }

    /// 4,000 rows in as many pages.
    private func fill(_ store: SQLiteStore) async throws {
        let filler = String(repeating: "x", count: 3_000)
        try await store.write { db in
            for number in 0..<4_000 {
                try db.execute(sql: "INSERT INTO note VALUES (?, ?)", arguments: [number, filler])
            }
        }
    }

    private func numbers() async throws -> [Int] {
        try await DatabaseQueue(path: copy).read { db in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            return try Int.fetchAll(db, sql: "SELECT number FROM note ORDER BY number")
        }
    }

    @Test func aCopyHasAllThatWasCommittedBeforeItAndOthersWriteMeanwhile() async throws {
        let store = try open()
        try await fill(store)
        let steps = Steps()
        async let writing: Int = {
            var next = 4_000
            // As long as it takes, so that writes fall between the steps.
            while await !steps.isOver {
                let number = next
                try await store.write { db in
                    try db.execute(sql: "INSERT INTO note VALUES (?, 'late')", arguments: [number])
                }
                next += 1
            }
            return next
        }()
        try await store.copy(to: copy) { _ in steps.count() }
        await steps.end()
        let last = try await writing
        #expect(await steps.number > 5, "the connection was kept for one long step")
        let copied = try await numbers()
        #expect(copied.starts(with: 0..<4_000) && copied == Array(0..<copied.count) && copied.count <= last)
        #expect(try temporary.mode(copy) == 0o600)
        #expect(last > 4_000)
    }

    @Test func aCopyThatIsCancelledGoesAndTheDatabaseStays() async throws {
        let store = try open()
        try await fill(store)
        let copying = Task { try await store.copy(to: copy) }
        copying.cancel()
        await #expect(throws: CancellationError.self) { try await copying.value }
        #expect(!FileManager.default.fileExists(atPath: copy))
        try store.close()
    }

    @Test func aCopyReplacesNothing() async throws {
        let store = try open()
        try Data([1]).write(to: URL(filePath: copy))
        await #expect(throws: StoreError.self) { try await store.copy(to: copy) }
    }
}

private actor Steps {
    private(set) var number = 0
    private(set) var isOver = false

    private func add() { number += 1 }
    nonisolated func count() { Task { await add() } }
    func end() { isOver = true }
}
