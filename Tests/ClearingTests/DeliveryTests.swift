import ClearingStore
import GRDB
import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import SQLiteSupport
import TestSupport
import Testing

@Suite struct DeliveryTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func take(_ text: String) async throws -> Bool { try await fixture.database.take(delivery: text) }

    @Test func deliveredKeysVerifyAndSurviveARestart() async throws {
        let mint = try await fixture.deliveredMint()
        #expect(fixture.database.state.verifier.keys.keys.contains(mint.record.id))
        #expect(fixture.database.issuer?.text == "issuer.example")
        try fixture.close()
        try fixture.reopen()
        #expect(fixture.database.state.verifier.keys.keys.contains(mint.record.id))
        #expect(fixture.database.issuer?.text == "issuer.example")
    }

    @Test func moreKeysThanAnAuthorityCanHaveInUseAreRefused() async throws {
        for _ in 0..<256 { fixture.authority.deliver(try TestMint(now: fixture.time.now().wall), to: fixture.identity) }
        #expect(try await take(fixture.authority.delivery(to: fixture.identity.id)))
        fixture.authority.deliver(try TestMint(now: fixture.time.now().wall), to: fixture.identity)
        await #expect(throws: ReplicationError.signature(.malformed)) {
            try await take(fixture.authority.delivery(to: fixture.identity.id))
        }
        #expect(fixture.database.state.verifier.keys.count == 256)
    }

    @Test(arguments: [false, true])
    func ofAPubliclyVerifiableKeyTheRecordIsTakenAndNoSecret(isSent: Bool) async throws {
        let scheme = try #require(TokenType.blindRSA2048.scheme)
        let now = fixture.time.now().wall
        let key = try scheme.makePrivateKey()
        let record = try KeyRecord(
            capability: #require(Capability("session")), tokenType: .blindRSA2048, publicKey: key.publicKey,
            notBefore: now, issueUntil: now.adding(seconds: 60), acceptUntil: now.adding(seconds: 120))
        let sealed = isSent ? fixture.identity.publicKey.seal(key.encoded()) : []
        fixture.authority.deliver(DeliveredKey(record: record, sealedSecret: try #require(sealed)))
        let delivery = fixture.authority.delivery(to: fixture.identity.id)
        if isSent {
            await #expect(throws: ReplicationError.wrongSecret) { try await take(delivery) }
        } else {
            #expect(try await take(delivery))
        }
        #expect(fixture.database.state.verifier.keys.keys.contains(record.id) == !isSent)
    }

    @Test func theSameDeliveryAgainIsNoNews() async throws {
        _ = try await fixture.deliveredMint()
        #expect(try await take(fixture.authority.delivery(to: fixture.identity.id)) == false)
    }

    @Test func aKeyThatIsNoLongerDeliveredIsForgotten() async throws {
        let mint = try await fixture.deliveredMint()
        fixture.authority.withdraw(mint.record.id)
        #expect(try await take(fixture.authority.delivery(to: fixture.identity.id)))
        #expect(fixture.database.state.verifier.keys.isEmpty)
    }

    @Test func anOlderDeliveryIsRefusedAlsoAfterARestart() async throws {
        let mint = try await fixture.deliveredMint()
        let older = fixture.authority.delivery(to: fixture.identity.id, sequence: 0)
        await #expect(throws: ReplicationError.rollback) { try await take(older) }
        try fixture.close()
        try fixture.reopen()
        await #expect(throws: ReplicationError.rollback) { try await take(older) }
        #expect(fixture.database.state.verifier.keys.keys.contains(mint.record.id))
    }

    @Test func aDeliverySignedByAnotherKeyIsRefused() async throws {
        let stranger = TestAuthority()
        stranger.deliver(try TestMint(now: fixture.time.now().wall), to: fixture.identity)
        await #expect(throws: ReplicationError.signature(.unknownKey)) {
            try await take(stranger.delivery(to: fixture.identity.id))
        }
        #expect(fixture.database.state.verifier.keys.isEmpty)
    }

    @Test func aDeliveryForAnotherServerIsRefused() async throws {
        let other = SealedBox.PrivateKey().publicKey
        let text = fixture.authority.delivery(to: VerifierID(of: other))
        await #expect(throws: ReplicationError.anotherVerifier) { try await take(text) }
    }

    @Test func aKeySealedToAnotherServerIsRefused() async throws {
        let mint = try TestMint(now: fixture.time.now().wall)
        let sealed = SealedBox.PrivateKey().publicKey.seal(mint.secret())
        fixture.authority.deliver(DeliveredKey(record: mint.record, sealedSecret: try #require(sealed)))
        let text = fixture.authority.delivery(to: fixture.identity.id)
        await #expect(throws: ReplicationError.sealedForAnother) { try await take(text) }
    }

    @Test func aSecretThatDoesNotBelongToItsKeyIsRefused() async throws {
        let (mint, other) = (
            try TestMint(now: fixture.time.now().wall), try TestMint(now: fixture.time.now().wall)
        )
        let sealed = fixture.identity.publicKey.seal(other.secret())
        fixture.authority.deliver(DeliveredKey(record: mint.record, sealedSecret: try #require(sealed)))
        let text = fixture.authority.delivery(to: fixture.identity.id)
        await #expect(throws: ReplicationError.wrongSecret) { try await take(text) }
    }

    @Test func aStartUnderAnotherNameScopeOrAuthorityIsRefused() async throws {
        _ = try await fixture.deliveredMint()
        try fixture.close()
        let key = fixture.authority.key
        let others = [
            try StoreFixture.pins(key, origin: "elsewhere.example"), try StoreFixture.pins(key, scope: .anyOrigin),
            try StoreFixture.pins(TestAuthority().key),
        ]
        for pins in others {
            #expect { try fixture.reopen(pins: pins) } throws: { error in
                guard case .pinned(_, let value, let asked) = error as? ClearingStoreError else { return false }
                return value != asked && "\(error)".contains(value) && "\(error)".contains(asked)
            }
        }
        try fixture.reopen()
    }

    @Test func settingsCanBePutRightUntilSomethingIsReceived() async throws {
        try fixture.close()
        let other = TestAuthority()
        try fixture.reopen(pins: StoreFixture.pins(other.key, origin: "elsewhere.example", scope: .anyOrigin))
        try fixture.close()
        try fixture.reopen()
        _ = try await fixture.deliveredMint()
        try fixture.close()
        #expect {
            try fixture.reopen(pins: StoreFixture.pins(other.key))
        } throws: { error in
            (error as? ClearingStoreError)?.hint?.contains("--authority-key=\(fixture.authority.key.text)") == true
        }
        try fixture.reopen()
    }

    @Test func theAuthorityMayCorrectItsNameUntilATokenIsSpent() async throws {
        let mint = try await fixture.deliveredMint()
        fixture.authority.rename("right.example")
        try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        #expect(fixture.database.issuer?.text == "right.example")
        try await fixture.fetchRevocations()
        _ = try await fixture.spend(mint.token(for: fixture.challenge))
        fixture.authority.rename("other.example")
        await #expect(
            throws: ClearingStoreError.pinned(name: "issuer", value: "right.example", asked: "other.example")
        ) {
            try await fixture.database.take(delivery: fixture.authority.delivery(to: fixture.identity.id))
        }
    }

    @Test func theIdentityIsPrivateAndStaysTheSame() throws {
        #expect(try fixture.temporary.mode(fixture.temporary.path + "/identity.key") == 0o600)
        // Also while a server has the directory.
        #expect(try ClearingIdentity.open(atPath: fixture.temporary.path).id == fixture.identity.id)
        let text = VerifierIdentity(
            sealing: fixture.identity.publicKey, counts: try CountSigner(atPath: fixture.temporary.path).publicKey
        ).text
        #expect(text.count == 86)
        #expect(VerifierIdentity(text: text)?.sealing == fixture.identity.publicKey)
    }

    @Test func anIdentityIsMadeInANewDirectoryButNotInAnAuthoritys() throws {
        let directory = try TemporaryDirectory()
        let made = try ClearingIdentity.open(atPath: directory.path)
        #expect(try ClearingIdentity.open(atPath: directory.path).id == made.id)
        let authority = try TemporaryDirectory()
        _ = try SQLiteStore(
            in: DataDirectory(path: authority.path, side: .authority), migrator: .init())
        #expect(throws: StoreError.wrongSide(directory: authority.path, holds: .authority)) {
            try ClearingIdentity.open(atPath: authority.path)
        }
    }
}
