import AuthorityStore
import KeyDelivery
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Testing

struct TrustedVerifierTests {
    let fixture: AuthorityFixture

    init() throws { fixture = try AuthorityFixture() }

    @Test func aVerifierGetsTheKeysThatWereSealedToIt() async throws {
        let verifier = verifier("north", [.session])
        let key = try fixture.key()
        try fixture.database.insertVerifier(verifier, deliveries: [delivery(key, verifier)])
        let first = try #require(try await fixture.database.deliveries(to: verifier.id))
        #expect(first.keys == [DeliveredKey(record: key, sealedSecret: [1, 2, 3])])

        let next = try fixture.storableRecord(startsIn: 10)
        try fixture.database.changeKeys(
            [.rescheduled(key.endingIssuance(at: next.notBefore)), .announced(next)],
            deliveries: [delivery(next, verifier)])
        let second = try #require(try await fixture.database.deliveries(to: verifier.id))
        #expect(second.keys.map(\.record) == [key.endingIssuance(at: next.notBefore), next])
        #expect(second.sequence > first.sequence)
    }

    @Test func onlyAChangeThatConcernsAVerifierRaisesItsNumber() async throws {
        let verifier = verifier("north", [.session])
        try fixture.database.insertVerifier(verifier, deliveries: [])
        let before = try #require(try await fixture.database.deliveries(to: verifier.id)).sequence
        try fixture.key(.play)
        #expect(try await fixture.database.deliveries(to: verifier.id)?.sequence == before)
        try fixture.key(.session)
        #expect(try #require(try await fixture.database.deliveries(to: verifier.id)).sequence > before)
    }

    @Test func aVerifierThatIsTrustedAgainDoesNotBeginAnew() async throws {
        let verifier = verifier("north", [.session])
        try fixture.database.insertVerifier(verifier, deliveries: [])
        let before = try #require(try await fixture.database.deliveries(to: verifier.id)).sequence
        #expect(try fixture.database.removeVerifier(named: "north"))
        #expect(try await fixture.database.deliveries(to: verifier.id) == nil)
        try fixture.database.insertVerifier(verifier, deliveries: [])
        #expect(try #require(try await fixture.database.deliveries(to: verifier.id)).sequence > before)
    }

    @Test func namesAndIdentitiesAreOfOneVerifierEach() throws {
        let north = verifier("north", [.play, .session, .play])
        try fixture.database.insertVerifier(north, deliveries: [])
        #expect(throws: VerifierExists()) { try fixture.database.insertVerifier(verifier("north", []), deliveries: []) }
        #expect(throws: VerifierExists()) {
            try fixture.database.insertVerifier(
                TrustedVerifier(name: "south", identityKey: north.identityKey, capabilities: []), deliveries: [])
        }
        #expect(try fixture.database.verifiers() == [north])
        #expect(north.capabilities == [.play, .session])
        #expect(try !fixture.database.removeVerifier(named: "south"))
    }

    @Test func deliveriesOfEndedKeysAreForgotten() async throws {
        let verifier = verifier("north", [.session])
        let key = try fixture.key()
        try fixture.database.insertVerifier(verifier, deliveries: [delivery(key, verifier)])
        let before = try #require(try await fixture.database.deliveries(to: verifier.id))
        _ = try await fixture.database.purgeKeys(endedBefore: key.acceptUntil.adding(seconds: 1))
        let after = try #require(try await fixture.database.deliveries(to: verifier.id))
        #expect(after.keys.isEmpty && after.sequence > before.sequence)
    }

    private func verifier(_ name: String, _ capabilities: [Capability]) -> TrustedVerifier {
        TrustedVerifier(name: name, identityKey: SealedBox.PrivateKey().publicKey, capabilities: capabilities)
    }

    private func delivery(_ key: KeyRecord, _ verifier: TrustedVerifier) -> VerifierDelivery {
        VerifierDelivery(verifier: verifier.id, keyID: key.id, sealed: [1, 2, 3])
    }
}
