import ClearingServer
import ClearingStore
import Foundation
import HTTPTransport
import JOSE
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import SQLiteSupport
import Sessions
import SignIn
import TestSupport
import Testing

/// Sessions that a clearing server opens, over real HTTP and on a real disk.
@Suite(.timeLimit(.minutes(5))) struct SessionRouteTests {
    /// Asks for a session with a token, bound to a key or not.
    private func open(
        _ token: Token, at harness: ClearingHarness, key: DeviceKey? = nil
    ) async throws -> HTTPTransportResponse {
        var headers = [(name: "Authorization", value: PrivateTokenCredentials(token: token).fieldValue)]
        if let key {
            let proof = key.proof(
                method: "POST", uri: harness.url + "/sessions",
                credential: Base64URL.encode(token.encoded, padded: false), at: harness.time.now().wall)
            headers.append((name: "DPoP", value: proof))
        }
        return try await harness.transport.send(
            HTTPTransportRequest(.post, .url(harness.url + "/sessions"), headers: headers))
    }

    private func close(_ text: String, at harness: ClearingHarness) async throws -> HTTPTransportResponse {
        try await harness.transport.send(
            HTTPTransportRequest(
                .delete, .url(harness.url + "/sessions"), headers: [(name: "Authorization", value: "Bearer \(text)")]))
    }

    private func verifier(_ harness: ClearingHarness) async throws -> SessionVerifier {
        let keys = try await harness.transport.get(harness.url + JSONWebKeySet.path).body
        let audience = try #require(Audience("origin.example"))
        return try #require(SessionVerifier(audience: audience, keySet: keys))
    }

    private func deviceKey() throws -> DeviceKey {
        // A seed cannot be copied, as a macro would.
        let key = DeviceKey(seed: SecretBytes(randomCount: 32))
        return try #require(key)
    }

    private func claims(_ text: String, at harness: ClearingHarness) async throws -> SessionClaims {
        let presented = PresentedSession(
            authorization: ["Bearer \(text)"], proofs: [], method: "GET", path: "/", servers: [])
        return try await verifier(harness).verify(#require(presented), at: harness.time.now().wall).claims
    }

    @Test func aTokenOpensASessionThatTheServersKeySetVerifies() async throws {
        try await ClearingHarness.run { harness in
            let token = try await harness.deliveredMint().token(for: harness.challenge)
            let answer = try await open(token, at: harness)
            #expect(answer.status == 200 && answer.member("token_type") == "Bearer")
            #expect(answer.header("Cache-Control") == "no-store")
            let claims = try await claims(#require(answer.member("access_token")), at: harness)
            #expect(claims.capability.name == "session" && claims.keyThumbprint == nil)
            #expect(claims.expiry.seconds % SessionClaims.slotLength == 0)
            let again = try await open(token, at: harness)
            #expect(again.member("access_token") == answer.member("access_token"))
            // For anything else, and bound to a key as well, the token is spent.
            #expect(try await harness.present(token).problem == "already-spent")
            let key = try deviceKey()
            #expect(try await open(token, at: harness, key: key).problem == "already-spent")
        }
    }

    @Test func afterARestartARetryBringsTheSameSessionAndWhatWasClosedStaysClosed() async throws {
        let directory = try TemporaryDirectory()
        let authority = TestAuthority()
        let kept = Mutexed<[(token: Token, text: String)]>([])
        let key = try deviceKey()
        try await ClearingHarness.run(in: directory, authority: authority) { harness in
            let mint = try await harness.deliveredMint()
            for key in [nil, nil, key] {
                let token = try mint.token(for: harness.challenge)
                let text = try await #require(open(token, at: harness, key: key).member("access_token"))
                kept.value += [(token, text)]
            }
            #expect(try await close(kept.value[1].text, at: harness).status == 204)
            #expect(try await close(kept.value[1].text, at: harness).status == 204)
        }
        try await ClearingHarness.run(in: directory, authority: authority) { harness in
            try await harness.until { try await harness.isReady() }
            let answers = [
                try await open(kept.value[0].token, at: harness), try await open(kept.value[1].token, at: harness),
                try await open(kept.value[2].token, at: harness, key: key),
            ]
            #expect(answers[0].member("access_token") == kept.value[0].text)
            #expect(answers[1].problem == "session-closed")
            #expect(answers[2].member("access_token") == kept.value[2].text)
            let closed = try await harness.transport.get(harness.url + ClosedSessionList.path).body
            let id = try await claims(kept.value[1].text, at: harness).id
            #expect(closed == ClosedSessionList([id]).encoded)
        }
    }

    @Test func aRetryAfterTheEndOpensNoOtherSession() async throws {
        try await ClearingHarness.run(configure: { $0.sessionLife = 60 }) { harness in
            let token = try await harness.deliveredMint().token(for: harness.challenge)
            #expect(try await open(token, at: harness).status == 200)
            harness.time.advance(seconds: 661)
            try await harness.until { try await harness.isReady() }
            #expect(try await open(token, at: harness).problem == "already-spent")
        }
    }

    @Test func aTokenOfAnotherCapabilityOpensNoneAndStaysUnspent() async throws {
        try await ClearingHarness.run { harness in
            _ = try await harness.deliveredMint()
            let token = try await harness.deliveredMint(capability: "play").token(for: harness.challenge)
            let answer = try await open(token, at: harness)
            #expect(answer.status == 401 && answer.problem == "wrong-capability")
            #expect(try await harness.present(token).status == 200)
            #expect(try await harness.transport.send(HTTPTransportRequest(.post, .url(harness.url + "/sessions")))
                .problem == "token-required")
        }
    }

    @Test func aServerCanBeToldToOpenNone() async throws {
        try await ClearingHarness.run(configure: { $0.sessionCapabilities = [] }) { harness in
            let token = try await harness.deliveredMint().token(for: harness.challenge)
            #expect(try await open(token, at: harness).status == 404)
            #expect(try await harness.present(token).status == 200)
        }
    }

    @Test func withoutItsKeyOrWithAnotherTheServerDoesNotStart() async throws {
        let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        let authority = TestAuthority()
        for (place, authority) in [(directory, authority), (other, TestAuthority())] {
            try await ClearingHarness.run(in: place, authority: authority) { harness in
                _ = try await harness.deliveredMint()
            }
        }
        let name = "/sessions.key"
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path + name)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        try FileManager.default.removeItem(atPath: directory.path + name)
        let expected = ClearingStoreError.missingFile(name: "sessions.key")
        await #expect(throws: expected) { try await ClearingHarness.run(in: directory, authority: authority) { _ in } }
        try FileManager.default.copyItem(atPath: other.path + name, toPath: directory.path + name)
        await #expect(throws: expected) { try await ClearingHarness.run(in: directory, authority: authority) { _ in } }
    }

    @Test func withAKeyThatTookThePlaceOfAnotherNoEarlierSessionCounts() async throws {
        let (directory, authority, text) = (try TemporaryDirectory(), TestAuthority(), Mutexed(""))
        try await ClearingHarness.run(in: directory, authority: authority) { harness in
            let token = try await harness.deliveredMint().token(for: harness.challenge)
            text.value = try #require(try await open(token, at: harness).member("access_token"))
            _ = try await claims(text.value, at: harness)
        }
        try SessionKeyFile.discard(in: DataDirectory(path: directory.path, side: .clearing))
        // Also where it is gone already, as one that is lost.
        try SessionKeyFile.discard(in: DataDirectory(path: directory.path, side: .clearing))
        try await ClearingHarness.run(in: directory, authority: authority) { harness in
            await #expect(throws: SessionFailure.badSignature) { try await claims(text.value, at: harness) }
            let answer = try await close(text.value, at: harness)
            #expect(answer.problem == "bad-session-signature")
        }
    }

    @Test func sixtyFourRequestsWithOneTokenOpenOneSession() async throws {
        try await ClearingHarness.run { harness in
            let token = try await harness.deliveredMint().token(for: harness.challenge)
            let texts = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<64 { group.addTask { try await open(token, at: harness).member("access_token") } }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(texts.count == 1 && texts.first != .some(nil))
        }
    }
}
