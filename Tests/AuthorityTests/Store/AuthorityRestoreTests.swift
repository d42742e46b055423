import AuthorityStore
import Foundation
import KeyDelivery
import KeyFiles
import KeySchedule
import LibSodium
import PrivacyPass
import SQLiteSupport
import Testing

/// An authority's database out of a backup, as far as it concerns keys and clearing servers.
struct AuthorityRestoreTests {
    private let fixture: AuthorityFixture
    private var file: String { fixture.path + ".backup" }
    private static let passphrase = Array("old".utf8)

    init() throws {
        fixture = try AuthorityFixture()
        // A restore goes by the machine's clock.
        fixture.time.setCalendar(forwardBy: SystemTimeSource().now().wall.seconds(since: fixture.time.now().wall) - 1_000)
    }

    private func backUp() async throws {
        try await fixture.database.takeSnapshot()
        try BackupWriter.write(
            AuthorityBackup.members(in: fixture.path, at: fixture.time.now().wall), kind: .authority, to: file,
            passphrase: SecretBytes(copying: Self.passphrase), cost: .minimal)
    }

    private func restore() throws -> AuthorityRestore {
        let reader = try BackupReader(file, kind: .authority)
        try reader.unlock(SecretBytes(copying: Self.passphrase))
        return try AuthorityRestore(
            reader, into: DataDirectory(path: fixture.path, side: .authority), isNew: false) { _ in }
    }

    @Test func everyKeyThatMayHaveIssuedSinceIsRevokedAndDeliveriesCountOn() async throws {
        let old = try fixture.key(issuing: 100, accepting: 100_000)
        fixture.time.advance(100)
        let accepting = try fixture.key(issuing: 100, accepting: 100_000)
        fixture.time.advance(150)
        let issuing = try fixture.key(issuing: 10_000, accepting: 100_000)
        let announced = try fixture.key(.play, startsIn: 10_000, issuing: 10_000, accepting: 100_000)
        let verifier = TrustedVerifier(
            name: "north", identityKey: SealedBox.PrivateKey().publicKey, capabilities: [.session])
        try fixture.database.insertVerifier(verifier, deliveries: [])
        try await backUp()
        // More numbers than a restore uses up by itself.
        for _ in 0..<20 {
            _ = try fixture.database.removeVerifier(named: "north")
            try fixture.database.insertVerifier(verifier, deliveries: [])
        }
        let newest = try #require(try await fixture.database.deliveries(to: verifier.id)).sequence
        try fixture.database.close()

        let restore = try restore()
        // The first stopped 150 s before the backup, the second 50 s, and clocks differ by two minutes at most.
        let now = SystemTimeSource().now().wall
        #expect(Set(try restore.forgottenKeys(at: now).map(\.record.id)) == [accepting.id, issuing.id, announced.id])
        _ = try restore.endKeys(at: now)
        _ = try restore.finish()
        let restored = try AuthorityDatabase(in: DataDirectory(path: fixture.path, side: .authority))
        // What the log of heads said since is not known, and a log must not say two things.
        #expect(try restored.settings().headLog == 2)
        let revoked = try restored.keys().filter(\.isRevoked).map(\.record.id)
        #expect(Set(revoked) == [accepting.id, issuing.id, announced.id])
        #expect(try restored.keys().contains { $0.record.id == old.id && !$0.isRevoked })
        #expect(try #require(try await restored.deliveries(to: verifier.id)).sequence > newest)
        try restored.close()
    }
}
