import ClearingServer
import ClearingStore
import Foundation
import JOSE
import KeyFiles
import KeySchedule
import LibSodium
import Logging
import PortesVerifier
import Revocation
import ServerSupport
import SQLiteSupport
import TestSupport
import Testing

/// What the authority is asked while a server is restored, and what is not believed.
@Suite struct AuthorityInquiryTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// What a backup of the fixture's database says.
    private func contents() async throws -> ClearingBackupContents {
        let path = fixture.temporary.path
        let passphrase = SecretBytes(copying: [1])
        try await fixture.database.takeSnapshot(at: ClearingBackup.snapshotPath(in: path))
        try BackupWriter.write(
            ClearingBackup.members(in: path, at: fixture.time.now().wall), kind: .clearing, to: path + ".backup",
            passphrase: passphrase, cost: .minimal)
        try fixture.close()
        let reader = try BackupReader(path + ".backup", kind: .clearing)
        try reader.unlock(passphrase)
        let restore = try ClearingRestore(
            reader, into: DataDirectory(path: path, side: .clearing), isNew: false, progress: { _ in })
        defer { restore.discard() }
        return restore.contents
    }

    /// Asks the fixture's authority, whose clock shows `time`; this machine's shows the fixture's.
    private func ask(
        _ contents: ClearingBackupContents, pinned: AuthorityKey? = nil, authoritysTime time: ManualTime? = nil
    ) async throws -> AuthorityInquiry {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try AuthorityStub(authority: fixture.authority, time: time ?? fixture.time).server(logger: logger)
        let (pinned, own, answer) = (pinned ?? fixture.authority.key, fixture.time, Mutexed<AuthorityInquiry?>(nil))
        try await ClearingHarness.running([server], logger: logger) {
            answer.value = try await AuthorityInquiry(
                issuerURL: "http://127.0.0.1:\(try await server.port)", certificateAuthorityFile: nil,
                authority: pinned, contents: contents, time: own)
        }
        return try #require(answer.value)
    }

    @Test func itSaysTheSignedTimeAndTheKeysThatAreDelivered() async throws {
        let mint = try await fixture.deliveredMint()
        try await fixture.fetchRevocations()
        let known = try await contents()
        let later = try TestMint(now: fixture.time.now().wall)
        fixture.authority.deliver(later, to: fixture.identity)
        fixture.time.advance(seconds: 500)
        let inquiry = try await ask(known)
        #expect(inquiry.head.time == fixture.time.now().wall)
        #expect(Set(inquiry.records.map(\.id)) == [mint.record.id, later.record.id])
    }

    @Test(arguments: [-61, 61]) func aHeadOfAnotherTimeIsNoFloor(shift: Int64) async throws {
        _ = try await fixture.deliveredMint()
        let known = try await contents()
        let time = ManualTime()
        time.advance(seconds: shift)
        await #expect(throws: InquiryError.clocksDiffer) { try await ask(known, authoritysTime: time) }
        time.advance(seconds: shift > 0 ? -1 : 1)
        #expect(try await ask(known, authoritysTime: time).head.time == time.now().wall)
    }

    @Test func whatThePinnedKeyDidNotSignAndAListRolledBackAreRefused() async throws {
        let mint = try await fixture.deliveredMint()
        fixture.authority.revoke(.key(mint.record.id))
        try await fixture.fetchRevocations()
        let known = try await contents()
        await #expect(throws: ReplicationError.signature(.unknownKey)) {
            try await ask(known, pinned: TestAuthority().key)
        }
        fixture.authority.forgetRevocations()
        await #expect(throws: ReplicationError.revocation(.rollback)) { try await ask(known) }
        fixture.authority.rename("other.example")
        await #expect(throws: ReplicationError.revocation(.wrongIssuer)) { try await ask(known) }
    }
}
