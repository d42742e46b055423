import ClearingStore
import Foundation
import GRDB
import KeyFiles
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import SQLiteSupport
import Sessions
import TestSupport
import Testing

/// A clearing server's database out of a backup.
@Suite struct RestoreTests {
    private let fixture: StoreFixture
    private var file: String { fixture.temporary.path + ".backup" }

    init() throws { fixture = try StoreFixture() }

    private static let passphrase = Array("old".utf8)

    /// Writes a backup of the database as it is now.
    private func backUp() async throws {
        let path = fixture.temporary.path
        try await fixture.database.takeSnapshot(at: ClearingBackup.snapshotPath(in: path))
        try BackupWriter.write(
            ClearingBackup.members(in: path, at: fixture.time.now().wall), kind: .clearing, to: file,
            passphrase: SecretBytes(copying: Self.passphrase), cost: .minimal)
    }

    private func reader() throws -> BackupReader {
        let reader = try BackupReader(file, kind: .clearing)
        try reader.unlock(SecretBytes(copying: Self.passphrase))
        return reader
    }

    /// Restores into the fixture's directory, which must be closed, and opens it again.
    @discardableResult
    private func restore(refusing begun: [KeyRecord] = []) async throws -> String? {
        let directory = try DataDirectory(path: fixture.temporary.path, side: .clearing)
        let restore = try ClearingRestore(reader(), into: directory, isNew: false) { _ in }
        let replaced = try restore.finish(floor: fixture.time.now().wall, refusing: begun)
        try fixture.reopen()
        try await fixture.fetchRevocations()
        return replaced
    }

    @Test func whatWasSpentAfterTheBackupIsNotSpentAgainAndTheReasonIsSaid() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        let (before, after, never) = (
            try mint.token(for: fixture.challenge), try mint.token(for: fixture.challenge),
            try mint.token(for: fixture.challenge)
        )
        let unspent = try fixture.verified(never)
        _ = try await fixture.spend(before)
        try await backUp()
        _ = try await fixture.spend(after)
        try fixture.close()
        let replaced = try #require(try await restore())
        for token in [before, after, never] {
            #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(token) }
        }
        // One that was verified earlier is refused in the transaction, and by the database alone.
        #expect(try await fixture.database.ledger.spend([Spend(unspent)]) == [.refused(.ledgerLost)])
        fixture.database.state.update { verifier in
            var verifier = verifier
            verifier.lost = .none
            return verifier
        }
        #expect(try await fixture.database.ledger.spend([Spend(unspent)]) == [.refused(.ledgerLost)])
        // The old directory is kept, whole.
        let spent = try await DatabaseQueue(path: replaced + "/clearing.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM spent_1")
        }
        #expect(spent == 2)
    }

    @Test func noSessionOfBeforeTheRestoreCountsAnyMore() async throws {
        _ = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        let before = try fixture.sessionKey().publicKey
        let now = fixture.time.now().wall
        try await fixture.database.close(SessionID(Randomness.bytes32()), until: now.adding(seconds: 300))
        #expect(try fixture.sessionKey().publicKey == before)
        try await backUp()
        // Closed after the backup: the restored server cannot know of it.
        try await fixture.database.close(SessionID(Randomness.bytes32()), until: now.adding(seconds: 300))
        #expect(try await fixture.database.closed(at: now).count == 2)
        try fixture.close()
        try await restore()
        #expect(try fixture.sessionKey().publicKey != before)
        #expect(try await fixture.database.closed(at: now).isEmpty)
    }

    @Test func keysThatTheBackupDoesNotKnowAreRefusedUpToTheFloorAndAcceptedAfterIt() async throws {
        _ = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        try await backUp()
        // Begun between backup and restore: its tokens may have been spent.
        let between = try await fixture.deliveredMint()
        fixture.time.advance(seconds: 10)
        try fixture.close()
        try await restore()
        try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(between.token(for: fixture.challenge)) }
        let atFloor = try await fixture.deliveredMint()
        #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(atFloor.token(for: fixture.challenge)) }

        fixture.time.advance(seconds: 1)
        let after = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        guard case .spent? = try await fixture.spend(after.token(for: fixture.challenge)) else {
            return #expect(Bool(false))
        }
        // For ever: after another start too, and whatever is delivered.
        try fixture.close()
        try fixture.reopen()
        try await fixture.fetchRevocations()
        for mint in [between, atFloor] {
            #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(mint.token(for: fixture.challenge)) }
        }
        // The database alone is enough: their ledgers are closed.
        let path = fixture.temporary.path + "/clearing.sqlite"
        let open = try await DatabaseQueue(path: path).read { db in
            try Data.fetchAll(db, sql: "SELECT key_id FROM ledger WHERE final_count IS NULL")
        }
        #expect(open == [Data(after.record.id.bytes.bytes)])
        #expect(fixture.database.state.verifier.acceptsTokens(of: after.record, at: fixture.time.now().wall))
        #expect(!fixture.database.state.verifier.acceptsTokens(of: between.record, at: fixture.time.now().wall))
    }

    @Test(arguments: [true, false])
    func aKeyThatBeginsRightAfterTheFloorIsRefusedWhereItWasDeliveredBefore(wasDelivered: Bool) async throws {
        _ = try await fixture.deliveredMint()
        try await backUp()
        try fixture.close()
        // The head that says the time may be half a minute old.
        let mint = try TestMint(now: fixture.time.now().wall.adding(seconds: 30))
        try await restore(refusing: wasDelivered ? [mint.record] : [])
        fixture.time.advance(seconds: 31)
        fixture.authority.deliver(mint, to: fixture.identity)
        try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        try await fixture.fetchRevocations()
        let token = try mint.token(for: fixture.challenge)
        if wasDelivered {
            #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(token) }
        } else {
            _ = try fixture.verified(token)
        }
    }

    @Test func anAnnouncedKeyThatTheBackupKnowsIsRefusedToo() async throws {
        let mint = try TestMint(now: fixture.time.now().wall.adding(seconds: 1_000))
        fixture.authority.deliver(mint, to: fixture.identity)
        try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        try await backUp()
        try fixture.close()
        try await restore()
        fixture.time.advance(seconds: 1_001)
        try await fixture.fetchRevocations()
        #expect(throws: VerificationFailure.ledgerLost) { try fixture.verified(mint.token(for: fixture.challenge)) }
    }

    @Test func countsThatWereNotFinalAreLowerBoundsAndNotReported() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        _ = try await fixture.spend(mint.token(for: fixture.challenge))
        // One key has ended before the backup, with a count that is all of it.
        fixture.time.advance(seconds: 7_200 + 24 * 3_600)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 1)
        let later = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        for _ in 0..<3 { _ = try await fixture.spend(later.token(for: fixture.challenge)) }
        try await backUp()
        try fixture.close()
        let contents = try ClearingRestore(
            reader(), into: DataDirectory(path: fixture.temporary.path, side: .clearing), isNew: false
        ) { _ in }.contents
        #expect(Set(contents.keys.map(\.count)) == [1, 3])
        #expect(contents.keys.first { $0.id == mint.record.id }?.isFinal == true)
        #expect(contents.keys.first { $0.id == later.record.id }?.isFinal == false)
        #expect(contents.origin == "origin.example" && contents.issuer == "issuer.example")
        try await restore()
        // Long after: the one count is handed over, the other never.
        fixture.time.advance(seconds: 100 * 86_400)
        try await fixture.fetchRevocations()
        #expect(try await fixture.database.closeEndedLedgers() == 0)
        let reported = try await fixture.database.countsToReport()
        #expect(reported.map(\.keyID) == [mint.record.id] && reported.map(\.count) == [1])
    }

    @Test func theFloorOnlyRises() async throws {
        _ = try await fixture.deliveredMint()
        try await backUp()
        try fixture.close()
        try await restore()
        let floor = fixture.database.state.verifier.lost.floor
        try FileManager.default.removeItem(atPath: file)
        try await backUp()
        try fixture.close()
        let directory = try DataDirectory(path: fixture.temporary.path, side: .clearing)
        _ = try ClearingRestore(reader(), into: directory, isNew: false) { _ in }.finish(floor: UnixTime(seconds: 1))
        try fixture.reopen()
        #expect(floor == fixture.time.now().wall && fixture.database.state.verifier.lost.floor == floor)
    }

    @Test func theDirectoryOfAnotherServerAndThatOfAnAuthorityAreLeftAlone() async throws {
        try await backUp()
        let other = try TemporaryDirectory()
        _ = try ClearingIdentity.open(atPath: other.path)
        let before = try FileManager.default.contentsOfDirectory(atPath: other.path).sorted()
        #expect(throws: ClearingStoreError.otherServer(directory: other.path)) {
            let directory = try DataDirectory(path: other.path, side: .clearing)
            _ = try ClearingRestore(reader(), into: directory, isNew: false) { _ in }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).sorted() == before)
        #expect(!FileManager.default.fileExists(atPath: other.path + ".restoring"))
    }

    @Test func everyDamagedByteOfABackupIsFoundAndTheDirectoryStays() async throws {
        _ = try await fixture.deliveredMint()
        try await backUp()
        try fixture.close()
        let good = try fixture.temporary.bytes(file)
        var generator = SplitMix(seed: UInt64.random(in: 0...UInt64.max))
        let directory = try DataDirectory(path: fixture.temporary.path, side: .clearing)
        func unpack() throws { _ = try ClearingRestore(reader(), into: directory, isNew: false) { _ in } }
        for _ in 0..<40 {
            var bad = good
            bad[Int.random(in: 0..<bad.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try fixture.temporary.overwrite(file, bad)
            #expect(throws: BackupError.self) { try unpack() }
            try fixture.temporary.overwrite(file, Array(good.prefix(Int.random(in: 0..<good.count, using: &generator))))
            #expect(throws: BackupError.self) { try unpack() }
        }
        directory.release()
        #expect(!FileManager.default.fileExists(atPath: fixture.temporary.path + ".restoring"))
        try fixture.reopen()
    }

    @Test(.enabled(if: SystemCallFaults.isAvailable), .timeLimit(.minutes(10)))
    func aRestoreThatIsKilledAtAnyCallLeavesTheOldDirectoryOrTheNew() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        try await backUp()
        for _ in 0..<2 { _ = try await fixture.spend(mint.token(for: fixture.challenge)) }
        try fixture.close()
        let place = fixture.temporary.path
        let parent = URL(filePath: place).deletingLastPathComponent().path
        let kept = parent + "/kept"
        try FileManager.default.copyItem(atPath: place, toPath: kept)
        func prepare() throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: parent)
            where !["kept", "data.backup"].contains(name) {
                try FileManager.default.removeItem(atPath: parent + "/" + name)
            }
            try FileManager.default.copyItem(atPath: kept, toPath: place)
        }
        let program = [SystemCallFaults.probe, "clearing-restore", place, file]
        try prepare()
        let calls = try SystemCallFaults.calls(of: program)
        #expect(calls.contains { $0.name == "renameat2" } && calls.count > 50)
        // What a power cut leaves: all is on the disk before the copy takes its place, and then that it did.
        let exchanged = try #require(calls.lastIndex { $0.name == "renameat2" })
        let synced = calls[..<exchanged].reversed().prefix { !["write", "pwrite64"].contains($0.name) }
        #expect(synced.filter { $0.name == "fsync" }.count >= 3)
        #expect(calls[exchanged...].contains { $0.name == "fsync" })
        var (old, new) = (0, 0)
        for call in calls {
            try prepare()
            let succeeded = try SystemCallFaults.run(program, .kill, at: call)
            // A server that is started now finds one of the two, whole, and its own keys.
            try fixture.reopen()
            let floor = fixture.database.state.verifier.lost.floor
            if succeeded { #expect(floor != nil, "\(call)") }
            let counts = try await DatabaseQueue(path: place + "/clearing.sqlite").read { db in
                floor == nil
                    ? try Int.fetchOne(db, sql: "SELECT count(*) FROM spent_1")
                    : try Int.fetchOne(db, sql: "SELECT final_count FROM ledger WHERE is_lower_bound = 1")
            }
            #expect(counts == (floor == nil ? 2 : 0), "\(call)")
            if floor == nil { old += 1 } else { new += 1 }
            try fixture.close()
        }
        #expect(old > 0 && new > 0)
    }
}
