import AuthorityServer
import AuthorityStore
import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import Testing

/// Verifiers that are trusted with public keys alone.
struct PublicVerifierTests {
    let directories: AuthorityDirectories
    let authority: Authority
    let time = TestTime()
    let identity = SealedIdentity()

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
    }

    @Test(arguments: TokenType.implemented)
    func aPublicOnlyVerifierNeverGetsASecretOfAnyType(type: TokenType) async throws {
        // A key from before it was trusted, one from after that, and one that takes a revoked one's place.
        let first = try await create("session", type)
        let added = await authority.handle(
            .addVerifier(
                name: "north", publicKey: identity.publicKey, capabilities: ["session", "play"], isPublicOnly: true))
        guard case .verifier(let summary, withoutKey: ["play"], let withoutSecret) = added else {
            throw UnexpectedReply(reply: added)
        }
        #expect(summary.isPublicOnly)
        #expect(withoutSecret == (type.isPubliclyVerifiable ? [] : ["session"]))
        let other = try await create("play", type)
        _ = await authority.handle(.revokeKey(id: first.id, reason: "key-compromised"))
        let keys = try await delivered()
        #expect(keys.allSatisfy { $0.sealedSecret.isEmpty })
        #expect(keys.map(\.record.id).contains(other.record.id) == type.isPubliclyVerifiable)
        #expect(keys.allSatisfy { $0.record.tokenType.isPubliclyVerifiable })
        #expect(keys.count == (type.isPubliclyVerifiable ? 3 : 0))
        try authority.close()
    }

    @Test func aPublicOnlyVerifierGetsNoSecretAfterItsCapabilityChangesToAnyType() async throws {
        try authority.configure(settings(.blindRSA2048))
        let first = try authority.makeDueKeys()
        _ = await authority.handle(
            .addVerifier(name: "north", publicKey: identity.publicKey, capabilities: ["session"], isPublicOnly: true))
        for type in [TokenType.voprfRistretto255, .voprfP384, .blindRSA2048] {
            time.advance(100)
            try authority.configure(settings(type))
            _ = try authority.makeDueKeys()
        }
        let keys = try await delivered()
        #expect(keys.contains { $0.record.id == first[0].id })
        #expect(keys.allSatisfy { $0.record.tokenType == .blindRSA2048 && $0.sealedSecret.isEmpty })
        try authority.close()
    }

    @Test func whoHeldPublicKeysAloneIsNamedBeforeASecretGoesThere() async throws {
        let key = try await create("session", .blindRSA2048)
        for (name, isPublicOnly) in [("north", false), ("south", true)] {
            _ = await authority.handle(
                .addVerifier(
                    name: name, publicKey: SealedIdentity().publicKey, capabilities: ["session"],
                    isPublicOnly: isPublicOnly))
        }
        // One with no key at all, and one of another capability.
        for (name, capability) in [("new", "play"), ("east", "other")] {
            _ = await authority.handle(
                .addVerifier(name: name, publicKey: SealedIdentity().publicKey, capabilities: [capability]))
        }
        #expect(try await newlyTrusted("session", .voprfP384) == ["north"])
        #expect(try await newlyTrusted("session", .voprfRistretto255) == ["north"])
        #expect(try await newlyTrusted("session", .blindRSA2048) == [])
        #expect(try await newlyTrusted("session", nil) == [])
        #expect(try await newlyTrusted("play", nil) == [])
        // Who has a secret is named no more.
        _ = await authority.handle(.retireKey(id: key.id))
        _ = try await create("session", .voprfP384)
        #expect(try await newlyTrusted("session", .voprfRistretto255) == [])
        try authority.close()
    }

    @Test func thatAVerifierIsPublicOnlyIsKeptAcrossARestart() async throws {
        for (name, isPublicOnly) in [("north", true), ("south", false)] {
            _ = await authority.handle(
                .addVerifier(
                    name: name, publicKey: SealedIdentity().publicKey, capabilities: ["session"],
                    isPublicOnly: isPublicOnly))
        }
        try authority.close()
        let again = try directories.authority(time: time)
        guard case .verifiers(let verifiers) = await again.handle(.listVerifiers) else { throw CancellationError() }
        #expect(verifiers.map(\.isPublicOnly) == [true, false])
        try again.close()
    }

    private func settings(_ type: TokenType) throws -> [CapabilitySettings] {
        let session = try #require(Capability("session"))
        let terms = RotationTerms(capability: session, tokenType: type, epoch: 1_000, acceptance: 500, announcement: 10)
        return try [CapabilitySettings(terms: #require(terms))]
    }

    private func create(_ capability: String, _ type: TokenType) async throws -> KeySummary {
        let reply = await authority.handle(
            .createKey(KeyParameters(capability: capability, tokenType: type.rawValue, epoch: 1_000, acceptance: 500)))
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        return key
    }

    private func newlyTrusted(_ capability: String, _ type: TokenType?) async throws -> [String] {
        let reply = await authority.handle(.findNewlyTrusted(capability: capability, tokenType: type?.rawValue))
        guard case .verifiers(let verifiers) = reply else { throw UnexpectedReply(reply: reply) }
        return verifiers.map(\.name)
    }

    /// What the signed document for the verifier holds.
    private func delivered() async throws -> [DeliveredKey] {
        let reply = await authority.handle(.exportKeys(verifier: "north"))
        guard case .delivery(let text) = reply else { throw UnexpectedReply(reply: reply) }
        guard case .authority(let summary) = await authority.handle(.describe) else { throw CancellationError() }
        let key = try #require(Base64URL.decode(summary.deliveryKey).flatMap { Bytes32($0) })
        return try KeyDeliveryDocument(verifying: text, key: Ed25519.PublicKey(key)).keys
    }
}
