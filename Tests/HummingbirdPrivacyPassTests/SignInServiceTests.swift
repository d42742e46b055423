import HTTPTransport
import Hummingbird
import HummingbirdPrivacyPass
import Identity
import KeySchedule
import LibSodium
import PortesClient
import PortesClientHTTP
import PortesVerifier
import SignIn
import SignInStorage
import TestSupport
import Testing
import VerifierSupport

/// An app's routes at which people sign in, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct SignInServiceTests {
    private let audience: Audience
    private let time = ManualTime()

    init() throws { audience = try #require(Audience("radio.example")) }

    private func router(_ store: any SignInStore) -> Router<BasicPrivacyPassRequestContext> {
        let service = SignInService(audience: audience, store: store, time: time)
        let router = Router(context: BasicPrivacyPassRequestContext.self)
        router.get("sign-in") { request, _ in service.challenge(request) }
        router.post("sign-in") { request, _ in
            let person = try await service.admit(request)
            return "\(person.isNew) \(person.pseudonym.text)"
        }
        router.delete("sign-in") { request, _ in try await service.erase(request).text }
        return router
    }

    private func client(_ app: Requests) throws -> SignInClient {
        SignInClient(url: try ServerURL(app.url), audience: audience, transport: try HTTPTokenTransport())
    }

    private func challenge(_ app: Requests) async throws -> SignInChallenge {
        let answer = try await app.get("/sign-in")
        return try SignInChallenge(text: answer.text.replacing("\n", with: ""))
    }

    private func post(_ app: Requests, _ text: String) async throws -> HTTPTransportResponse {
        try await app.transport.send(
            HTTPTransportRequest(.post, .url(app.url + "/sign-in"), headers: [], body: Array(text.utf8), timeout: .seconds(60)))
    }

    @Test func aPersonHasTheSamePseudonymAtEachSignInAndAnotherElsewhere() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteSignInStore(directory: directory.path)
        try await serving(router(store)) { app in
            var kept = KeptIdentity()
            let client = try client(app)
            let first = String(decoding: try await client.signIn(&kept).body, as: UTF8.self)
            let second = String(decoding: try await client.signIn(&kept).body, as: UTF8.self)
            #expect(first.hasPrefix("true ") && second == first.replacing("true", with: "false"))
            kept = try kept.rekeyed()
            #expect(String(decoding: try await client.signIn(&kept).body, as: UTF8.self) == second)
            var other = KeptIdentity()
            #expect(String(decoding: try await client.signIn(&other).body, as: UTF8.self) != first)
            try await client.erase(&kept)
            #expect(kept.audiences.isEmpty)
            await #expect(throws: SignInError.refused(.unknownAccount)) { try await client.erase(&kept) }
        }
        try store.close()
    }

    @Test func ofManyThatShowOneAnswerExactlyOneIsLetIn() async throws {
        try await serving(router(MemorySignInStore())) { app in
            let challenge = try await challenge(app)
            let answer = SignInAnswer(to: challenge, key: Ed25519.PrivateKey()).text
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<40 { group.addTask { try await post(app, answer).status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 409: 39])
        }
    }

    @Test func whatIsNoGoodAnswerIsRefusedByName() async throws {
        let elsewhere = try #require(Audience("other.example"))
        try await serving(router(MemorySignInStore())) { app in
            let key = Ed25519.PrivateKey()
            let challenge = try await challenge(app)
            let foreign = SignInChallenge(audience: elsewhere, nonce: challenge.nonce, expiry: challenge.expiry)
            let made = SignInChallenge(audience: audience, nonce: Randomness.bytes32(), expiry: challenge.expiry)
            let erasing = SignInChallenge(
                audience: audience, purpose: .erase, nonce: challenge.nonce, expiry: challenge.expiry)
            var forged = SignInAnswer(to: challenge, key: key).encoded
            forged[forged.count - 10] ^= 1
            for (text, status, problem) in [
                ("", 400, "answer-malformed"), ("hello", 400, "answer-malformed"),
                (SignInAnswer(to: challenge, key: key).text + "=", 400, "answer-malformed"),
                (SignInAnswer(to: foreign, key: key).text, 403, "answer-wrong-audience"),
                (SignInAnswer(to: erasing, key: key).text, 403, "answer-wrong-purpose"),
                (SignInAnswer(to: made, key: key).text, 401, "challenge-unknown"),
                (try SignInAnswer(decoding: forged).text, 401, "answer-bad-signature"),
                (String(repeating: "A", count: 10_000), 413, "content-too-large"),
            ] {
                let answer = try await post(app, text)
                #expect(answer.status == status && answer.problem == problem, "\(answer.status) \(answer.text)")
                #expect(answer.header("cache-control") == "no-store")
            }
            // None of that used the challenge up; time does.
            time.advance(seconds: 361)
            #expect(try await post(app, SignInAnswer(to: challenge, key: key).text).problem == "challenge-expired")
        }
    }

    @Test func aStoreThatFailsLetsNobodyIn() async throws {
        struct Failure: Error {}
        struct BrokenStore: SignInStore {
            func admit(_ signIn: VerifiedSignIn, at now: UnixTime) async throws -> SignInOutcome { throw Failure() }
            func erase(_ erasure: VerifiedErasure, at now: UnixTime) async throws -> SignInOutcome { throw Failure() }
        }
        try await serving(router(BrokenStore())) { app in
            var kept = KeptIdentity()
            let client = try client(app)
            await #expect(throws: SignInError.overloaded(retryAfter: 5)) { try await client.signIn(&kept) }
            #expect(kept.audiences.isEmpty)
        }
    }

    @Test func aChallengeOfAnotherServiceIsNotAnswered() async throws {
        let other = try #require(Audience("other.example"))
        let audience = audience
        try await serving(router(MemorySignInStore())) { app in
            var kept = KeptIdentity()
            let client = SignInClient(url: try ServerURL(app.url), audience: other, transport: try HTTPTokenTransport())
            await #expect(throws: SignInError.otherAudience(audience)) { try await client.signIn(&kept) }
            #expect(kept.audiences.isEmpty)
        }
    }

    @Test func theClientKnowsEveryReasonThatAServiceGives() {
        #expect(Set(SignInFailure.allCases.map(\.rawValue)) == Set(SignInError.Refusal.allCases.map(\.rawValue)))
    }
}
