import Attestation
import AuthorityStore
import KeyDelivery
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Testing

struct KeyRecordsTests {
    let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func keysAreListedAsTheyWereStored() throws {
        let (play, session) = try (fixture.key(.play), fixture.key(.session))
        #expect(try fixture.database.keys().map(\.record) == [play, session])
    }

    @Test func twoKeysOfACapabilityNeverIssueAtOneTime() throws {
        try fixture.key()
        #expect(throws: KeyLogRefusal.violation(.windowsOverlap)) { try fixture.key(startsIn: 999) }
        try fixture.key(startsIn: 1_000)
        try fixture.key(.play)
    }

    @Test func aShortKeyFitsBeforeALaterOne() throws {
        try fixture.key(startsIn: 1_000)
        #expect(throws: KeyLogRefusal.violation(.windowsOverlap)) { try fixture.key(issuing: 1_001) }
        try fixture.key(issuing: 1_000)
    }

    @Test func aReplacedKeyStopsIssuingWhenItsSuccessorBegins() throws {
        let old = try fixture.key()
        let new = try fixture.key(startsIn: 100, replacing: old.id)
        let stored = try fixture.database.keys().map(\.record)
        #expect(stored == [old.endingIssuance(at: new.notBefore), new])
        #expect(stored[0].acceptUntil == old.acceptUntil)
    }

    @Test func aRevokedKeyDoesNotStandInTheWayOfAnother() throws {
        let old = try fixture.key()
        try fixture.database.changeKeys([.revoked(old.id, .keyCompromised)])
        try fixture.key()
        #expect(try fixture.database.keys().filter { $0.state(at: fixture.time.now().wall) == .revoked }.count == 1)
    }

    @Test func twoKeysThatRequestsCouldMistakeAreNotBothStored() throws {
        let first = try fixture.key()
        var second = try fixture.record(.play)
        while second.id.truncated != first.id.truncated { second = try fixture.record(.play) }
        #expect(try fixture.database.isTruncatedIDInUse(first.id.truncated, tokenType: .voprfRistretto255))
        #expect(throws: KeyInsertionError.truncatedIDInUse) {
            try fixture.database.changeKeys([fixture.terms(.play), .announced(second)])
        }
        // What was not stored was not logged either.
        #expect(fixture.database.keyHistory.keys[second.id] == nil)
        #expect(try fixture.database.keys().count == 1)
    }

    @Test func endedKeysAreForgottenButForTheirRecords() async throws {
        let (key, voucher) = try (fixture.key(), fixture.voucher(tokens: 5_000))
        try await withThrowingTaskGroup { group in
            for _ in 0..<1_500 {
                let charge = Charge(payer: .voucher(voucher), request: .random(), count: 1, keyID: key.id)
                group.addTask { try await fixture.database.charge(charge) }
            }
            for try await outcome in group { #expect(outcome == .charged) }
        }
        #expect(try await fixture.database.purgeKeys(endedBefore: key.acceptUntil).isEmpty)
        #expect(try await fixture.database.purgeKeys(endedBefore: key.acceptUntil.adding(seconds: 1)) == [key.id])
        #expect(try !fixture.database.isTruncatedIDInUse(key.id.truncated, tokenType: .voprfRistretto255))
        #expect(try fixture.database.keys().map(\.record) == [key])
        #expect(try fixture.issued(key) == 1_500)
    }

    @Test func aRetiredKeySaysSo() throws {
        let key = try fixture.key()
        #expect(try fixture.database.retireKey(key.id))
        #expect(try fixture.database.keys().map(\.isRetired) == [true])
        #expect(try !fixture.database.retireKey(TokenKeyID(Randomness.bytes32())))
    }

    @Test func settingsAreKept() throws {
        #expect(try fixture.database.settings().issuerName == nil)
        #expect(try fixture.database.settings().revocationKey == nil)
        let (revocation, delivery) = (Ed25519.PrivateKey().publicKey, Ed25519.PrivateKey().publicKey)
        try fixture.database.setIssuerName(ServerName("issuer.example"))
        try fixture.database.setSigningKeys(AuthoritySettings(revocationKey: revocation, deliveryKey: delivery))
        let settings = try fixture.database.settings()
        #expect(settings.issuerName?.text == "issuer.example")
        #expect(settings.revocationKey == revocation && settings.deliveryKey == delivery)
    }
}
