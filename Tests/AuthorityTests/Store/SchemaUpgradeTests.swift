@testable import AuthorityServer
@testable import AuthorityStore
import Attestation
import Foundation
import GRDB
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Testing
import VOPRF

/// Databases as every released version wrote them open, and what was in them is there.
struct SchemaUpgradeTests {
    private static let issuing = UnixTime(seconds: 1_800_000_000 + 500)

    /// A directory with a database that an earlier version made: its first migrations, and rows of that time.
    private func directory(upTo migration: String) throws -> AuthorityDirectories {
        let directories = try AuthorityDirectories()
        _ = try DataDirectory(path: directories.data, side: .authority)
        let path = directories.data + "/authority.sqlite"
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSide.authority.applicationID)") }
        try AuthoritySchema.migrator.migrate(queue, upTo: migration)
        try queue.write { db in
            for (start, truncated) in [(-1_000, 1), (0, 2), (1_000, 3)] as [(Int64, Int)] {
                let publicKey = try ServerPrivateKey().publicKey.encoded.bytes
                let begin = 1_800_000_000 + start
                try db.execute(
                    sql: """
                        INSERT INTO token_key
                            (id, capability, token_type, public_key, truncated, not_before, issue_until, accept_until, issued)
                        VALUES (?, 'session', 5, ?, ?, ?, ?, ?, 7)
                        """,
                    arguments: [
                        Data(SHA256.hash(publicKey).bytes), Data(publicKey), truncated, begin, begin + 1_000,
                        begin + 2_000,
                    ])
            }
            try db.execute(
                sql: "INSERT INTO voucher (hash, capability, total, remaining) VALUES (?, 'session', 100, 93)",
                arguments: [Data(repeating: 9, count: 32)])
            try db.execute(sql: "INSERT INTO setting VALUES ('issuer-name', 'issuer.example')")
        }
        try queue.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return directories
    }

    /// What a released version wrote is read for ever: a change of the tables is a migration of its own.
    @Test(arguments: [
        ("1-spine", "bfa48ce7fed0c6f2"),
        ("2-keys", "772a997c4ae700dd"),
        ("3-revocation", "ad94ea5e7a131458"),
        ("4-counts", "b222fed659633fd6"),
        ("5-accounts", "0c87d017d566e824"),
        ("6-recovery", "15fc8c7413e2173d"),
        ("7-public-verifiers", "36e976d1df7265ae"),
    ])
    func aReleasedMigrationNeverChanges(name: String, digest: String) throws {
        let queue = try DatabaseQueue()
        try AuthoritySchema.migrator.migrate(queue, upTo: name)
        let sql = try queue.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
        #expect(Hexadecimal.encode(SHA256.hash(Array(sql.joined(separator: "\n").utf8)).bytes.prefix(8)) == digest)
    }

    @Test(arguments: AuthoritySchema.migrator.migrations)
    func aDatabaseOfAnEarlierVersionOpensWithItsKeysLoggedAndItsVouchersGood(migration: String) async throws {
        let directories = try directory(upTo: migration)
        let time = TestTime(Self.issuing.seconds)
        let authority = try directories.authority(withKeys: false, name: nil, time: time)
        #expect(authority.issuerName?.text == "issuer.example")
        #expect(try authority.database.vouchers().map(\.remaining) == [93])
        #expect(try authority.database.keys().map(\.issued) == [7, 7, 7])
        // The key that issues and the one that will are logged; the one that only accepts asks nobody's trust.
        let history = authority.database.keyHistory
        #expect(history.size == 3 && history.keys.count == 2)
        let purpose = KeyHistory.Purpose(.session, .voprfRistretto255)
        let issuing = try #require(history.issuingKey(for: purpose, at: Self.issuing))
        #expect(issuing.record.notBefore.seconds == 1_800_000_000)
        #expect(history.terms[purpose]?.epoch == 1_000)
        // A second start changes nothing.
        let head = try await authority.database.head(of: .keys)
        try authority.close()
        let again = try directories.authority(withKeys: false, name: nil, time: time)
        #expect(try await again.database.head(of: .keys) == head)
    }

    @Test func whoWasTrustedByAnEarlierVersionIsTrustedWithSecrets() throws {
        let directories = try directory(upTo: "6-recovery")
        let identity = SealedBox.PrivateKey().publicKey
        let queue = try DatabaseQueue(path: directories.data + "/authority.sqlite")
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO verifier (id, name, identity_key, sequence) VALUES (?, 'north', ?, 1)",
                arguments: [Data(VerifierID(of: identity).bytes.bytes), Data(identity.encoded.bytes)])
        }
        try queue.close()
        let authority = try directories.authority(withKeys: false, name: nil, time: TestTime(Self.issuing.seconds))
        let verifier = try #require(try authority.database.verifiers().first)
        #expect(verifier.name == "north" && !verifier.isPublicOnly)
        #expect(TokenType.implemented.allSatisfy { verifier.gets($0) })
        try authority.close()
    }

    @Test func whatOnlyAcceptsOrHasEndedIsRevokedWithoutAnEntryInTheKeyLog() async throws {
        let directories = try directory(upTo: "1-spine")
        let authority = try directories.authority(withKeys: false, name: nil, time: TestTime(Self.issuing.seconds))
        let old = try #require(try authority.database.keys().first { $0.record.notBefore.seconds < 1_800_000_000 })
        let size = authority.database.keyHistory.size
        let outcome = try authority.database.changeKeys([.revoked(old.record.id, .withdrawn)])
        #expect(outcome.revocation?.sequence == 1 && authority.database.keyHistory.size == size)
    }
}
