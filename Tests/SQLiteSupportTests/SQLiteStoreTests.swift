import Foundation
import GRDB
import SQLiteSupport
import TestSupport
import Testing

struct SQLiteStoreTests {
    let temporary: TemporaryDirectory

    init() throws { temporary = try TemporaryDirectory() }

    @Test func commitsAreDurableAndFilesPrivate() async throws {
        let store = try open()
        let settings = try await store.read { db in
            [
                try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try String.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA secure_delete"),
                try String.fetchOne(db, sql: "PRAGMA foreign_keys"),
            ]
        }
        #expect(settings == ["wal", "2", "1", "1"])
        try await store.write { try $0.execute(sql: "INSERT INTO note VALUES ('a')") }
        for suffix in ["", "-wal", "-shm"] {
            #expect(try temporary.mode(store.path + suffix) == 0o600)
        }
    }

    @Test func whatWasWrittenIsThereAfterAReopening() async throws {
        let store = try open()
        try await store.write { try $0.execute(sql: "INSERT INTO note VALUES ('kept')") }
        try store.close()
        let notes = try await open().read { try String.fetchAll($0, sql: "SELECT text FROM note") }
        #expect(notes == ["kept"])
    }

    @Test func theLockIsHeldForAsLongAsTheDatabaseIsOpen() throws {
        let store = try open()
        #expect(throws: StoreError.locked(directory: temporary.path)) { try open() }
        try store.close()
        // Though somebody still holds the closed store.
        try withExtendedLifetime(store) { try open().close() }
    }

    @Test func aDatabaseOfAnotherProgramIsRefusedUnchanged() throws {
        let path = try file("authority.sqlite")
        let foreign = try DatabaseQueue(path: path)
        try foreign.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        try foreign.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: StoreError.foreignFile(path: path)) { try open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aRenamedDatabaseOfTheOtherSideIsRefused() throws {
        try open(side: .clearing).close()
        try FileManager.default.moveItem(
            atPath: temporary.path + "/clearing.sqlite", toPath: temporary.path + "/authority.sqlite")
        #expect(throws: StoreError.foreignFile(path: temporary.path + "/authority.sqlite")) { try open() }
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        let path = try file("authority.sqlite")
        try Data(repeating: 0x5a, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.foreignFile(path: path)) { try open() }
    }

    @Test func aLaterVersionsDatabaseIsRefused() throws {
        var later = migrator()
        later.registerMigration("2") { try $0.execute(sql: "CREATE TABLE later (a)") }
        try open(later).close()
        #expect(throws: StoreError.newerSchema(path: temporary.path + "/authority.sqlite")) { try open() }
    }

    @Test func aDamagedDatabaseIsRefused() throws {
        let path = try fill()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for page in stride(from: 4096 * 3, to: bytes.count, by: 4096) {
            bytes.replaceSubrange(page..<page + 64, with: Data(repeating: 0xff, count: 64))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.corrupt(path: path)) { try open() }
    }

    @Test func aClosedDatabaseAnswersWithATypedError() async throws {
        let store = try open()
        try store.close()
        await #expect(throws: StoreError.closed(path: store.path)) {
            try await store.write { try $0.execute(sql: "INSERT INTO note VALUES ('late')") }
        }
        await #expect(throws: StoreError.closed(path: store.path)) {
            _ = try await store.read { try Int.fetchOne($0, sql: "SELECT 1") }
        }
    }

    @Test func aDatabaseThatMayNotGrowSaysThatTheDiskIsFullAndRecovers() async throws {
        let store = try open()
        try await store.read { try $0.execute(sql: "PRAGMA max_page_count = 12") }
        let full = StoreError.diskFull(path: store.path)
        #expect(full.isTemporary)
        await #expect(throws: full) {
            try await store.write { try $0.execute(sql: "INSERT INTO note VALUES (hex(zeroblob(100000)))") }
        }
        try await store.read { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        try await store.write { try $0.execute(sql: "INSERT INTO note VALUES (hex(zeroblob(100000)))") }
        #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM note") } == 1)
    }

    @Test func everyErrorSaysWhatHappenedInOneLine() {
        let errors: [StoreError] = [
            .locked(directory: "D"), .notADirectory("D"), .notOwned(directory: "D"), .notPrivate(directory: "D"),
            .wrongSide(directory: "D", holds: .clearing), .permissionDenied(path: "D"), .foreignFile(path: "D"),
            .newerSchema(path: "D"), .corrupt(path: "D"), .diskFull(path: "D"), .inputOutput(path: "D", code: 5),
            .busy(path: "D"), .notDurable(path: "D"), .closed(path: "D"), .statementFailed(path: "D", code: 1),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        for line in errors.map(\.description) + errors.compactMap(\.hint) {
            #expect(
                !line.hasSuffix(".") && !line.contains("\n") && line.first?.isUppercase != true || line.hasPrefix("D"))
        }
    }

    private func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT") }
        return migrator
    }

    private func open(_ other: DatabaseMigrator? = nil, side: StoreSide = .authority) throws -> SQLiteStore {
        try SQLiteStore(in: DataDirectory(path: temporary.path, side: side), migrator: other ?? migrator())
    }

    /// Leaves a closed database of some pages behind.
    private func fill() throws -> String {
        let store = try open()
        try store.writeBlocking { db in
            for number in 0..<2000 { try db.execute(sql: "INSERT INTO note VALUES (?)", arguments: ["note \(number)"]) }
        }
        try store.close()
        return store.path
    }

    private func file(_ name: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: temporary.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return temporary.path + "/" + name
    }
}
