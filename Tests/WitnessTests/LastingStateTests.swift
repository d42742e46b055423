import Foundation
import GRDB
import KeyFiles
import KeySchedule
import KeyTransparency
import SQLiteSupport
import TestSupport
import Testing
@testable import WitnessStore

/// What a witness keeps, and a data directory that is not as it was left.
@Suite(.timeLimit(.minutes(5))) struct LastingStateTests {
    let log = GrowingLog()
    let temporary: TemporaryDirectory
    private let now = UnixTime(seconds: 1_800_000_000)

    init() throws { temporary = try TemporaryDirectory() }

    private func open(name: String? = nil, at path: String? = nil) throws -> WitnessDatabase {
        try WitnessDatabase(atPath: path ?? temporary.path, name: name.flatMap { NoteKeyName($0) })
    }

    private func cosign(
        _ database: WitnessDatabase, old: UInt64, new: UInt64, at time: UnixTime? = nil
    ) async throws -> CosigningOutcome {
        let now = time ?? now
        return try await database.cosign(
            log.checkpoint(new), oldSize: old, proof: log.consistencyProof(from: old, to: new) ?? []) { now }
    }

    /// A directory in which the witness has cosigned 20 leaves.
    private func used() async throws -> NoteVerificationKey {
        let database = try open(name: "witness.example/w1")
        guard case .cosigned = try await cosign(database, old: 0, new: 20) else {
            Issue.record("not cosigned")
            return database.verificationKey
        }
        try database.close()
        return database.verificationKey
    }

    @Test func keyNameAndStateOutliveARestart() async throws {
        let key = try await used()
        let database = try open()
        #expect(database.verificationKey == key && key.type == .cosignature && key.name.text == "witness.example/w1")
        #expect(try await cosign(database, old: 0, new: 21) == .conflict(size: 20))
        guard case .cosigned(let signature) = try await cosign(database, old: 20, new: 21) else {
            Issue.record("not cosigned")
            return
        }
        #expect(key.cosignatureTime(signature, for: try log.checkpoint(21).checkpoint.text) == now)
        #expect(try temporary.mode(temporary.path + "/witness.key") == 0o600)
        #expect(try temporary.mode(temporary.path + "/witness.sqlite") == 0o600)
        #expect(try temporary.mode(temporary.path) == 0o700)
    }

    @Test func aWitnessNeedsANameOnceAndKeepsIt() async throws {
        #expect(throws: WitnessStoreError.nameless) { try open() }
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
        _ = try await used()
        #expect(throws: WitnessStoreError.pinned(name: "witness.example/w1", asked: "another.example")) {
            try open(name: "another.example")
        }
        try open(name: "witness.example/w1").close()
    }

    @Test func twoProcessesCannotShareADirectory() async throws {
        _ = try await used()
        let first = try open()
        #expect(throws: StoreError.locked(directory: temporary.path)) { try open() }
        try first.close()
        try open().close()
    }

    @Test(arguments: [StoreSide.authority, .clearing]) func aDirectoryOfAnotherPartyIsRefused(side: StoreSide) throws {
        let directory = try DataDirectory(path: temporary.path, side: side)
        try Data().write(to: URL(fileURLWithPath: directory.databasePath))
        directory.release()
        #expect(throws: StoreError.wrongSide(directory: temporary.path, holds: side)) { try open(name: "w.example") }
    }

    @Test func aDirectoryOfAWitnessIsRefusedToOthers() async throws {
        _ = try await used()
        #expect(throws: StoreError.wrongSide(directory: temporary.path, holds: .witness)) {
            try DataDirectory(path: temporary.path, side: .clearing)
        }
    }

    @Test func aCopyIsRefused() async throws {
        _ = try await used()
        let copy = temporary.path + "-copy"
        try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
        #expect(throws: WitnessStoreError.copied) { try open(at: copy) }
        // A directory that is only renamed is the one that it was.
        let moved = temporary.path + "-moved"
        try FileManager.default.moveItem(atPath: temporary.path, toPath: moved)
        let database = try open(at: moved)
        #expect(try await cosign(database, old: 0, new: 21) == .conflict(size: 20))
        try database.close()
    }

    @Test func anOlderDatabaseInThePlaceOfTheNewerOneIsRefused() async throws {
        _ = try await used()
        let (path, backup) = (temporary.path + "/witness.sqlite", temporary.path + "-backup")
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        let database = try open()
        guard case .cosigned = try await cosign(database, old: 20, new: 30) else {
            Issue.record("not cosigned")
            return
        }
        try database.close()
        try FileManager.default.removeItem(atPath: path)
        // The new file may get the number of the one that was removed.
        try FileManager.default.copyItem(atPath: backup, toPath: path)
        #expect(throws: WitnessStoreError.copied) { try open() }
    }

    @Test(arguments: [
        ("witness.sqlite", WitnessStoreError.stateLost), ("witness.key", .keyLost),
    ])
    func whatIsGoneIsNotMadeAnew(name: String, expected: WitnessStoreError) async throws {
        _ = try await used()
        try FileManager.default.removeItem(atPath: temporary.path + "/" + name)
        let before = try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted()
        #expect(throws: expected) { try open(name: "witness.example/w1") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted() == before)
    }

    @Test func aKeyOfAnotherWitnessIsRefused() async throws {
        _ = try await used()
        let other = temporary.path + "-other"
        try open(name: "witness.example/w1", at: other).close()
        let bytes = try temporary.bytes(other + "/witness.key")
        try temporary.overwrite(temporary.path + "/witness.key", bytes)
        #expect(throws: WitnessStoreError.otherKey) { try open() }
    }

    @Test func aDamagedKeyIsRefusedAndStays() async throws {
        _ = try await used()
        let path = temporary.path + "/witness.key"
        let good = try temporary.bytes(path)
        for kind in Damage.Kind.allCases {
            for (index, copy) in Damage.copies(of: good, kind).enumerated() where index % 4 == index / 8 % 4 {
                try temporary.overwrite(path, copy.bytes)
                #expect(throws: KeyFileError.self, "\(copy.what)") { try open() }
                #expect(try temporary.bytes(path) == copy.bytes)
            }
        }
        try temporary.overwrite(path, good)
        try open().close()
    }

    /// Made in turn: the database, the key, and the key's name in the database.
    @Test func aFirstStartThatWasCutOffGoesOn() async throws {
        _ = try open(name: "witness.example/w1").close()
        try change("DELETE FROM pin WHERE name = 'key'")
        try FileManager.default.removeItem(atPath: temporary.path + "/witness.key")
        let first = try open()
        let key = first.verificationKey
        try first.close()
        try change("DELETE FROM pin WHERE name = 'key'")
        let again = try open()
        #expect(again.verificationKey == key)
        try again.close()
        try open().close()
    }

    @Test(arguments: [
        "size = -1", "size = NULL", "size = 'one'", "root = NULL", "root = x'00'", "root = 1", "time = NULL",
        "time = 'now'", "size = 4611686018427387905",
    ])
    func aRowThatIsNoneIsReportedAndNothingCosigned(damage: String) async throws {
        _ = try await used()
        try change("""
            CREATE TABLE loose (origin, size, root, time);
            INSERT INTO loose SELECT * FROM log;
            DROP TABLE log;
            ALTER TABLE loose RENAME TO log;
            UPDATE log SET \(damage);
            """)
        let database = try open()
        await #expect(throws: StoreError.corrupt(path: temporary.path + "/witness.sqlite")) {
            try await cosign(database, old: 20, new: 30)
        }
        await #expect(throws: StoreError.self) { try await database.logs() }
        try database.close()
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: temporary.path + "/witness.sqlite")
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func noTimeIsBeforeOneThatWasSigned() async throws {
        _ = try await used()
        let database = try open()
        func time(_ outcome: CosigningOutcome, _ size: UInt64) throws -> UnixTime? {
            guard case .cosigned(let signature) = outcome else { return nil }
            return database.verificationKey.cosignatureTime(signature, for: try log.checkpoint(size).checkpoint.text)
        }
        let behind = try await cosign(database, old: 20, new: 21, at: now.adding(seconds: -60))
        #expect(try time(behind, 21) == now)
        #expect(try await cosign(database, old: 21, new: 22, at: now.adding(seconds: -61)) == .wrongClock)
        #expect(await database.agrees(with: now.adding(seconds: -60)))
        #expect(await !database.agrees(with: now.adding(seconds: -61)))
        #expect(await !database.agrees(with: nil))
        let ahead = try await cosign(database, old: 21, new: 22, at: now.adding(seconds: 5))
        #expect(try time(ahead, 22) == now.adding(seconds: 5))
        try database.close()
    }
}
