import HTTPTransport
import HTTPTypes
import Hummingbird
import HummingbirdPrivacyPass
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn
import Synchronization
import Testing
import VerifierSupport

/// Sessions of an app, over HTTP: opened with a token, shown, stolen and closed.
@Suite(.timeLimit(.minutes(5))) struct SessionServiceTests {
    private let fixture: OriginFixture
    private let audience: Audience
    private let key: SessionKey
    private let device: DeviceKey
    private let store = FailingStore()

    private typealias Context = BasicSessionRequestContext
    private typealias Fields = [(name: String, value: String)]

    init() throws {
        fixture = try OriginFixture()
        audience = try #require(Audience("radio.example"))
        let (key, device) = (SessionKey(seed: SecretBytes(randomCount: 32)), Self.device())
        self.key = try #require(key)
        self.device = try #require(device)
    }

    private static func device() -> DeviceKey? { DeviceKey(seed: SecretBytes(randomCount: 32)) }

    private func capability(_ name: String) throws -> Capability { try #require(Capability(name)) }

    private func service(
        _ origin: PrivacyPassOrigin, accepting names: [String] = ["session"]
    ) throws -> SessionService {
        SessionService(
            origin, audience: audience, key: key, accepting: Set(try names.map { try capability($0) }), closed: store)
    }

    /// A service, and `/level`, which it protects.
    private func router(_ sessions: SessionService) throws -> Router<Context> {
        let router = Router(context: Context.self)
        sessions.addRoutes(to: router)
        router.group("level").add(middleware: SessionMiddleware(sessions))
            .get { request, context in
                let names = request.headers.map(\.name.canonicalName)
                return names.contains("authorization") || names.contains("dpop")
                    ? "seen" : "in for \(try context.admitted.capability.name)"
            }
            .on("", method: .options) { _, _ in "options" }
        router.group("entry").add(middleware: SessionMiddleware(sessions, accepting: [try capability("entry")]))
            .get { _, _ in "in" }
        // Who is let in already is not asked for the proof once more.
        router.group("outer").add(middleware: SessionMiddleware(sessions))
            .group("inner").add(middleware: SessionMiddleware(sessions, accepting: [try capability("session")]))
            .get { _, context in try context.admitted.id.text }
        return router
    }

    private func send(
        _ method: HTTPTransportRequest.Method, _ path: String, _ app: Requests, _ fields: Fields = []
    ) async throws -> HTTPTransportResponse {
        try await app.transport.send(
            HTTPTransportRequest(method, .url(app.url + path), headers: fields, body: nil, timeout: .seconds(60)))
    }

    private func expect(_ status: Int, _ problem: String, _ answer: HTTPTransportResponse, line: Int = #line) {
        let what = "line \(line): \(answer.status) \(answer.text)"
        #expect(answer.status == status && answer.problem == problem, "\(what)")
    }

    private func bearer(_ text: String) -> Fields { [("Authorization", "Bearer \(text)")] }

    private func bound(
        _ method: String, _ path: String, _ app: Requests, _ text: String, device: DeviceKey? = nil
    ) -> Fields {
        let proof = (device ?? self.device)
            .proof(method: method, uri: app.url + path, credential: text, at: fixture.time.now().wall)
        return [("Authorization", "DPoP \(text)"), ("DPoP", proof)]
    }

    private func opening(_ token: Token, _ app: Requests, boundTo device: DeviceKey? = nil) -> Fields {
        let credential = Base64URL.encode(token.encoded, padded: false)
        let proof = device.map {
            $0.proof(method: "POST", uri: app.url + "/sessions", credential: credential, at: fixture.time.now().wall)
        }
        return [authorization(token)] + (proof.map { [("DPoP", $0)] } ?? [])
    }

    /// The text of a session that was just opened.
    private func open(_ token: Token, _ app: Requests, boundTo device: DeviceKey? = nil) async throws -> String {
        let answer = try await send(.post, "/sessions", app, opening(token, app, boundTo: device))
        #expect(answer.status == 200, "\(answer.text)")
        return String(try #require(answer.text.firstMatch(of: /"access_token":"([A-Za-z0-9_.-]+)"/)).1)
    }

    @Test func aTokenOpensOneSessionHoweverOftenItIsSent() async throws {
        let token = try fixture.token()
        try await serving(router(service(fixture.origin()))) { app in
            let answer = try await send(.post, "/sessions", app, [authorization(token)])
            let text = try await open(token, app)
            // Ten seconds of the first slot have gone.
            let json = #"{"access_token":"\#(text)","expires_in":3890,"token_type":"Bearer"}"#
            #expect(answer.status == 200 && answer.text == json)
            #expect(answer.header("content-type") == "application/json" && answer.header("cache-control") == "no-store")
            fixture.time.advance(seconds: 900)
            #expect(try await open(token, app) == text)
            let level = try await send(.get, "/level", app, bearer(text))
            #expect(level.status == 200 && level.text == "in for session")
            expect(401, "already-spent", try await send(.post, "/sessions", app, opening(token, app, boundTo: device)))
            // Any gateway can check it, with what the service serves.
            let keys = try await send(.get, "/.well-known/jwks.json", app)
            #expect(keys.status == 200 && keys.header("content-type") == "application/jwk-set+json")
            let gateway = try #require(SessionVerifier(audience: audience, keySet: keys.body))
            let presented = PresentedSession(
                authorization: ["Bearer \(text)"], proofs: [], method: "GET", path: "/", servers: [])
            let verified = try gateway.verify(#require(presented), at: fixture.time.now().wall)
            #expect(verified.claims.expiry.seconds == Mint.start + 3_900)
            fixture.time.advance(seconds: 3_890 + 60 - 900)
            expect(401, "session-expired", try await send(.get, "/level", app, bearer(text)))
            let freshness = try fixture.time.fresh()
            fixture.state.update { var next = $0; next.freshness = freshness; return next }
            expect(401, "already-spent", try await send(.post, "/sessions", app, [authorization(token)]))
        }
    }

    @Test func whoeverHasNoGoodSessionIsToldHowToShowOne() async throws {
        let token = try fixture.token(.blindRSA2048)
        try await serving(router(service(fixture.origin(), accepting: ["session", "entry"]))) { app in
            let none = try await send(.post, "/sessions", app)
            expect(401, "token-required", none)
            #expect(Set(none.challenges.map(\.challenge.tokenType)) == [.voprfRistretto255, .blindRSA2048])
            for fields in [[], [authorization(token)], [("Authorization", "Basic x")]] as [Fields] {
                let answer = try await send(.get, "/level", app, fields)
                expect(401, "session-required", answer)
                #expect(answer.values(of: "www-authenticate").map { $0.prefix(6) } == ["Bearer", "DPoP r"])
            }
            let text = try await open(token, app)
            #expect(try await send(.get, "/entry", app, bearer(text)).text == "in")
            let other = try await open(fixture.token(), app)
            let refused = try await send(.get, "/entry", app, bearer(other))
            expect(403, "wrong-session-capability", refused)
            #expect(refused.header("www-authenticate") == #"Bearer realm="sessions", error="insufficient_scope""#)
            let forged = try await send(.get, "/level", app, bearer(text.dropLast(4) + "AAAA"))
            #expect(forged.status == 401 && ["malformed-session", "bad-session-signature"].contains(forged.problem))
            expect(401, "malformed-session", try await send(.get, "/level", app, bearer("x")))
            // What a browser asks beforehand goes through; other questions do not.
            let preflight = try await send(.options, "/level", app, [("Access-Control-Request-Method", "GET")])
            #expect(preflight.status == 200 && preflight.text == "options")
            expect(401, "session-required", try await send(.options, "/level", app))
            #expect(try await send(.options, "/level", app, bearer(text)).status == 200)
        }
    }

    @Test func aStolenSessionIsOfNoUseWithoutItsDevice() async throws {
        let (token, thief) = (try fixture.token(), try #require(Self.device()))
        try await serving(router(service(fixture.origin()))) { app in
            // Made for another token, it binds nothing, and costs nothing.
            let strange = opening(try fixture.token(), app, boundTo: device)
            expect(401, "bad-proof", try await send(.post, "/sessions", app, [authorization(token), strange[1]]))
            let text = try await open(token, app, boundTo: device)
            #expect(try await open(token, app, boundTo: device) == text)
            for fields in [[authorization(token)], opening(token, app, boundTo: thief)] {
                expect(401, "already-spent", try await send(.post, "/sessions", app, fields))
            }
            for fields in [bearer(text), [("Authorization", "DPoP \(text)")]] as [Fields] {
                expect(401, "proof-required", try await send(.get, "/level", app, fields))
            }
            let good = bound("GET", "/level", app, text)
            #expect(try await send(.get, "/level?query", app, good).text == "in for session")
            let replayed = try await send(.get, "/level", app, good)
            expect(401, "replayed-proof", replayed)
            #expect(replayed.values(of: "www-authenticate").allSatisfy { $0.contains("error=\"invalid_dpop_proof\"") })
            for fields in [
                bound("GET", "/entry", app, text), bound("POST", "/level", app, text),
                bound("GET", "/level", app, "a.b.c"), bound("GET", "/level", app, text, device: thief),
            ] {
                let shown = [("Authorization", "DPoP \(text)"), fields[1]]
                expect(401, "bad-proof", try await send(.get, "/level", app, shown))
            }
            let late = bound("GET", "/level", app, text)
            #expect(try await send(.get, "/outer/inner", app, bound("GET", "/outer/inner", app, text)).status == 200)
            fixture.time.advance(seconds: 61)
            expect(401, "stale-proof", try await send(.get, "/level", app, late))
            expect(401, "proof-required", try await send(.delete, "/sessions", app, bearer(text)))
            #expect(try await send(.delete, "/sessions", app, bound("DELETE", "/sessions", app, text)).status == 204)
            expect(401, "session-closed", try await send(.get, "/level", app, bound("GET", "/level", app, text)))
        }
    }

    @Test func aClosedSessionStaysClosedAndItsTokenOpensNoOther() async throws {
        let token = try fixture.token()
        try await serving(router(service(fixture.origin()))) { app in
            let (text, other) = (try await open(token, app), try await open(fixture.token(), app))
            #expect(try await send(.get, "/sessions/closed", app).text == "[]")
            let id = try await send(.get, "/outer/inner", app, bearer(text)).text
            for _ in 0..<2 { #expect(try await send(.delete, "/sessions", app, bearer(text)).status == 204) }
            for seconds in [0, 61] as [Int64] {
                fixture.time.advance(seconds: seconds)
                expect(401, "session-closed", try await send(.get, "/level", app, bearer(text)))
                expect(401, "session-closed", try await send(.post, "/sessions", app, [authorization(token)]))
                #expect(try await send(.get, "/sessions/closed", app).text == "[\"\(id)\"]")
            }
            #expect(try await send(.get, "/level", app, bearer(other)).status == 200)
            expect(401, "session-required", try await send(.delete, "/sessions", app))
        }
    }

    @Test func aTokenThatOpensNoSessionHereIsUnspent() async throws {
        let (origin, token) = (fixture.origin(), try fixture.token(.blindRSA2048))
        let router = try router(service(origin))
        try service(origin, accepting: ["entry"]).addRoutes(to: router.group("other"))
        try await serving(router) { app in
            expect(401, "wrong-capability", try await send(.post, "/sessions", app, [authorization(token)]))
            #expect(try await send(.post, "/other/sessions", app, [authorization(token)]).status == 200)
        }
    }

    @Test func whatCannotBeRecordedIsNotSaidToBeDone() async throws {
        struct BrokenLedger: SpendLedger {
            func spend(_ spends: [Spend]) async throws -> [SpendOutcome] { throw FailingStore.Failure() }
        }
        let token = try fixture.token()
        try await serving(router(service(fixture.origin(BrokenLedger())))) { app in
            expect(503, "storage-unavailable", try await send(.post, "/sessions", app, [authorization(token)]))
        }
        try await serving(router(service(fixture.origin()))) { app in
            // Nothing is let in before it is known what was closed; the token is not lost.
            store.fails.withLock { $0 = true }
            expect(503, "sessions-unavailable", try await send(.post, "/sessions", app, [authorization(token)]))
            expect(503, "sessions-unavailable", try await send(.get, "/sessions/closed", app))
            expect(503, "sessions-unavailable", try await send(.get, "/level", app, bearer("a.b.c")))
            store.fails.withLock { $0 = false }
            let text = try await open(token, app)
            store.fails.withLock { $0 = true }
            expect(503, "sessions-unavailable", try await send(.delete, "/sessions", app, bearer(text)))
            #expect(try await send(.get, "/level", app, bearer(text)).status == 200)
            store.fails.withLock { $0 = false }
            #expect(try await send(.delete, "/sessions", app, bearer(text)).status == 204)
            expect(401, "session-closed", try await send(.get, "/level", app, bearer(text)))
        }
    }
}
