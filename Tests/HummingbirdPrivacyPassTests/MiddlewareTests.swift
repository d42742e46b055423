import HTTPTransport
import Hummingbird
import HummingbirdPrivacyPass
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Testing
import VerifierSupport

/// Routes of an app behind the middleware, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct MiddlewareTests {
    private let fixture: OriginFixture

    init() throws { fixture = try OriginFixture() }

    private typealias Context = BasicPrivacyPassRequestContext

    /// One protected route, `/level`, and one that is not, `/open`.
    private func router(
        _ origin: PrivacyPassOrigin, accepting capabilities: Set<Capability>? = nil
    ) -> Router<Context> {
        let router = Router(context: Context.self)
        router.get("open") { _, _ in "open" }
        router.get("unprotected") { _, context in try context.capability.name }
        router.group("level").add(middleware: PrivacyPassMiddleware(origin, accepting: capabilities))
            .get { request, context in
                // A token in a log of the app's could be held against the issuer's.
                guard request.headers[.authorization] == nil else { return "seen" }
                return "in for \(try context.capability.name)"
            }
        return router
    }

    private func capability(_ type: TokenType) throws -> Capability {
        try #require(OriginFixture.capabilities[type].flatMap { Capability($0) })
    }

    @Test(arguments: TokenType.implemented)
    func aTokenOfEachTypeGetsInOnceAndTheHandlerLearnsWhatItIsGoodFor(type: TokenType) async throws {
        let (token, name) = (try fixture.token(type), try capability(type).name)
        try await serving(router(fixture.origin())) { app in
            let first = try await app.get("/level", authorization(token))
            #expect(first.status == 200 && first.text == "in for \(name)")
            let second = try await app.get("/level", authorization(token))
            #expect(second.status == 401 && second.problem == "already-spent")
            #expect(second.header("portes-problem") == "already-spent")
            #expect(second.challenges.count == 3)
        }
    }

    @Test func withoutATokenAClientIsAskedForOneOfEachAcceptedCapability() async throws {
        let accepted: Set = [try capability(.blindRSA2048), try capability(.voprfP384)]
        let keys = [TokenType.voprfP384, .blindRSA2048].map { fixture.mints[$0]?.record.publicKey }
        let name = try ServerName("origin.example")
        try await serving(router(fixture.origin(), accepting: accepted)) { app in
            for fields in [[], [(name: "Authorization", value: "Bearer x")]] {
                let answer =
                    fields.isEmpty ? try await app.get("/level") : try await app.get("/level", fields[0])
                #expect(answer.status == 401 && answer.problem == "token-required")
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.header("cache-control") == "no-store")
                #expect(answer.challenges.map(\.challenge.tokenType) == [.voprfP384, .blindRSA2048])
                #expect(answer.challenges.map(\.tokenKey) == keys)
                #expect(answer.challenges.allSatisfy { $0.challenge.allows(origin: name) })
            }
            #expect(try await app.get("/open").text == "open")
        }
    }

    @Test func whatIsNoGoodTokenIsRefusedByName() async throws {
        let token = try fixture.token()
        let forged = try Token(input: token.input, authenticator: Randomness.bytes(64))
        let strange = try Mint().token(for: Sample.challenge())
        let elsewhere = try fixture.token(origin: "elsewhere.example")
        let cut = PrivateTokenCredentials(token: token).fieldValue.replacing("=\"", with: "=\"AA")
        try await serving(router(fixture.origin())) { app in
            for (field, problem) in [
                (authorization(forged), "bad-authenticator"), (authorization(strange), "unknown-key"),
                (authorization(elsewhere), "wrong-challenge"), (("Authorization", cut), "malformed"),
                (("Authorization", "PrivateToken token=\"AAMA\""), "wrong-token-type"),
                (("Authorization", "PrivateToken "), "malformed"),
                (("Authorization", "PrivateToken token=" + String(repeating: "A", count: 9_000)), "malformed"),
            ] as [((name: String, value: String), String)] {
                let answer = try await app.get("/level", field)
                #expect(answer.status == 401 && answer.problem == problem, "\(problem): \(answer.text)")
                #expect(answer.challenges.count == 3)
            }
            let two = try await app.get("/level", authorization(token), authorization(token))
            #expect(two.status == 401 && two.problem == "malformed")
            // None of that has cost the token.
            #expect(try await app.get("/level", authorization(token)).status == 200)
        }
    }

    @Test func aTokenOfAnotherCapabilityIsRefusedAndStaysUnspent() async throws {
        let origin = fixture.origin()
        let router = router(origin, accepting: [try capability(.blindRSA2048)])
        router.group("session").add(middleware: PrivacyPassMiddleware(origin))
            .get { _, context in try context.capability.name }
        let token = try fixture.token()
        try await serving(router) { app in
            let refused = try await app.get("/level", authorization(token))
            #expect(refused.status == 401 && refused.problem == "wrong-capability")
            #expect(refused.challenges.map(\.challenge.tokenType) == [.blindRSA2048])
            #expect(try await app.get("/session", authorization(token)).text == "session")
        }
    }

    @Test func ofManyRequestsWithOneTokenExactlyOneGetsIn() async throws {
        let token = try fixture.token(.blindRSA2048)
        try await serving(router(fixture.origin())) { app in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await app.get("/level", authorization(token)).status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 401: 49])
        }
    }

    @Test func twoMiddlewaresOfOneOriginSpendOneTokenAndAnotherOriginIsNotSatisfied() async throws {
        let (ledger, session) = (fixture.ledger, try capability(.voprfRistretto255))
        let (origin, other) = (fixture.origin(ledger), fixture.origin(ledger))
        let router = router(origin)
        router.group("outer").add(middleware: PrivacyPassMiddleware(origin))
            .group("inner").add(middleware: PrivacyPassMiddleware(origin, accepting: [session]))
            .get { _, _ in "in" }
        router.group("mixed").add(middleware: PrivacyPassMiddleware(origin))
            .group("inner").add(middleware: PrivacyPassMiddleware(other))
            .get { _, _ in "in" }
        let (first, badge, second) = (try fixture.token(), try fixture.token(.voprfP384), try fixture.token())
        try await serving(router) { app in
            let both = try await app.get("/outer/inner", authorization(first))
            #expect(both.text == "in")
            // Good for the outer, which spent it; the inner asks for another.
            let outer = try await app.get("/outer/inner", authorization(badge))
            #expect(outer.problem == "token-required")
            let mixed = try await app.get("/mixed/inner", authorization(second))
            #expect(mixed.problem == "token-required")
        }
    }

    @Test func onTheWholeRouterItProtectsEveryRouteAndLetsPreflightsThrough() async throws {
        let router = Router(context: Context.self)
        router.add(middleware: PrivacyPassMiddleware(fixture.origin()))
        router.get("level") { _, context in try context.capability.name }
        let token = try fixture.token()
        try await serving(router) { app in
            #expect(try await app.get("/level").status == 401)
            let asked = try await app.transport.send(
                HTTPTransportRequest(
                    .options, .url(app.url + "/level"), headers: [("Access-Control-Request-Method", "GET")], body: nil,
                    timeout: .seconds(60)))
            #expect(asked.status == 404 || asked.status == 405)
            #expect(try await app.get("/level", authorization(token)).text == "session")
            // A path that nothing is at asks for a token too.
            #expect(try await app.get("/nothing").status == 401)
        }
    }

    @Test func aHandlerWithoutTheMiddlewareAnswers500() async throws {
        let token = try fixture.token()
        try await serving(router(fixture.origin())) { app in
            let answer = try await app.get("/unprotected", authorization(token))
            #expect(answer.status == 500)
        }
    }
}
