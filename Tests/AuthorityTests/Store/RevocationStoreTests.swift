import AuthorityStore
import Foundation
import GRDB
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import SQLiteSupport
import Testing

struct RevocationStoreTests {
    let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func theListLeadsToItsRoot() async throws {
        for number in 0..<10 {
            let subject: RevocationEntry.Subject =
                number.isMultiple(of: 3) ? .key(.random()) : .token(.random(), .random())
            #expect(try fixture.database.revoke(subject, reason: .withdrawn).sequence == UInt64(number) + 1)
        }
        let (stand, entries) = try fixture.database.revocations()
        var list = RevocationList()
        for entry in entries { try list.append(entry) }
        #expect(list.size == stand.size && list.root == stand.root)
        let rest = try await fixture.database.encodedRevocations(after: 7, limit: 2)
        #expect(rest == entries[7...8].map(\.encoded))
        #expect(try fixture.database.revocations(after: 7, limit: 2).entries == Array(entries[7...8]))
        #expect(try await fixture.database.encodedRevocations(after: .max, limit: 2).isEmpty)
    }

    @Test func theEmptyListHasTheEmptyRoot() throws {
        let stand = try fixture.database.revocations().stand
        #expect(stand.size == 0 && stand.root == RevocationEntry.emptyRoot)
    }

    @Test func whatIsRevokedTwiceHasOneEntry() throws {
        let key = TokenKeyID.random()
        let first = try fixture.database.revoke(.key(key), reason: .keyCompromised)
        fixture.time.advance(200_000)
        #expect(try fixture.database.revoke(.key(key), reason: .withdrawn) == first)
        #expect(try fixture.database.revocations().entries == [first])
    }

    @Test func everyKindIsFoundAndNoneIsTakenForAnother() async throws {
        let id = Randomness.bytes32()
        let subjects: [RevocationEntry.Subject] = [
            .key(TokenKeyID(id)), .token(.random(), TokenKeyID(id)), .verifier(VerifierID(id)), .capability(.play),
        ]
        for (place, subject) in subjects.enumerated() {
            #expect(try fixture.database.revoke(subject, reason: .withdrawn).sequence == UInt64(place + 1))
            #expect(try fixture.database.revoke(subject, reason: .unspecified).sequence == UInt64(place + 1))
        }
        #expect(try fixture.database.revokedCapabilities() == [.play: fixture.time.now().wall.startOfDay])
        #expect(try await fixture.database.isRevoked(VerifierID(id)))
        #expect(try await !fixture.database.isRevoked(VerifierID(Randomness.bytes32())))
    }

    @Test func aRevokedKeyAndARevokedCapabilityMakeAKeyRevokedByItsState() throws {
        let (session, play) = (try fixture.key(), try fixture.key(.play, issuing: 900_000, accepting: 990_000))
        _ = try fixture.database.revoke(.key(session.id), reason: .withdrawn)
        let tomorrow = fixture.time.now().wall.startOfDay.adding(seconds: 86_400)
        _ = try fixture.database.revoke(.capability(.play), reason: .withdrawn, from: tomorrow)
        let keys = try fixture.database.keys()
        #expect(keys.first { $0.record.id == session.id }?.state(at: fixture.time.now().wall) == .revoked)
        let other = try #require(keys.first { $0.record.id == play.id })
        #expect(other.state(at: tomorrow.adding(seconds: -1)) == .issuing && other.state(at: tomorrow) == .revoked)
    }

    @Test func anEntryIsDatedToTheDay() throws {
        let entry = try fixture.database.revoke(.key(.random()), reason: .unspecified)
        #expect(entry.effective.seconds % 86_400 == 0)
    }

    @Test func theListCanOnlyBeAppendedTo() throws {
        _ = try fixture.database.revoke(.key(.random()), reason: .unspecified)
        let file = fixture.path + "/authority.sqlite"
        for sql in ["DELETE FROM revocation", "UPDATE revocation SET sequence = 2"] {
            let outside = try DatabaseQueue(path: file)
            #expect(throws: DatabaseError.self) { try outside.write { try $0.execute(sql: sql) } }
        }
    }

    @Test func aListThatWasTamperedWithDoesNotOpen() throws {
        _ = try fixture.database.revoke(.key(.random()), reason: .unspecified)
        _ = try fixture.database.revoke(.key(.random()), reason: .unspecified)
        let copy = NSTemporaryDirectory() + "portes-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let file = copy + "/authority.sqlite"
        let outside = try DatabaseQueue(path: file)
        try outside.write { db in
            try db.execute(sql: "DROP TRIGGER revocation_is_not_removed; DELETE FROM revocation WHERE sequence = 1")
        }
        try outside.close()
        #expect(throws: StoreError.corrupt(path: file)) {
            try AuthorityDatabase(in: DataDirectory(path: copy, side: .authority))
        }
    }
}

extension TokenKeyID {
    static func random() -> TokenKeyID { TokenKeyID(Randomness.bytes32()) }
}

extension Nullifier {
    static func random() -> Nullifier {
        Nullifier(
            of: AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: ChallengeDigest(.zero),
                keyID: TokenKeyID(.zero)))
    }
}
