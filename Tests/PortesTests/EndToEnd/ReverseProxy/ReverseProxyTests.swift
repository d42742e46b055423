import Foundation
import HTTPTransport
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// `POST /verify` as the auth sub-request of a real nginx, before a real clearing server.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: ProtectedBackend.isExpected, "nginx is not installed: Scripts/setup --tests does"))
struct ReverseProxyTests {
    private static let capabilities: [(TokenType, String)] = [
        (.voprfRistretto255, "session"), (.blindRSA2048, DemoServers.entry), (.voprfP384, DemoServers.badge),
    ]

    @Test func aClientThatIsChallengedComesBackWithATokenOfEachTypeAndGetsInOnce() async throws {
        try await withProxy { proxy, _, app, place in
            let refused = try await proxy.get()
            #expect(refused.status == 401)
            // One field with all of them: nginx hands no second one on.
            #expect(refused.values(of: "www-authenticate").count == 1)
            let challenges = PrivateTokenChallenge.parse(refused.values(of: "www-authenticate"))
            #expect(Set(challenges.map(\.challenge.tokenType)) == Set(TokenType.implemented))
            for (type, capability) in Self.capabilities {
                let asked = try #require(challenges.first { $0.challenge.tokenType == type })
                #expect(try await app.currentKey(for: capability).encoded == asked.tokenKey)
                let token = try await self.token(of: capability, for: asked.challenge, app, place)
                let first = try await proxy.get(headers: [authorization(token)])
                #expect(first.status == 200)
                #expect(first.values(of: "portes-problem").isEmpty)
                let seen = try ProtectedBackend.seen(first)
                #expect(seen.path == "/level")
                #expect(seen.headers["portes-capability"] == capability)
                #expect(seen.headers["authorization"] == nil)
                let second = try await proxy.get(headers: [authorization(token)])
                #expect(second.status == 401)
                // The body is a page of the proxy's, and so the field alone says it.
                #expect(second.values(of: "portes-problem") == ["already-spent"])
                #expect(second.values(of: "content-type") == ["text/html"])
                #expect(PrivateTokenChallenge.parse(second.values(of: "www-authenticate")).count == 3)
            }
        }
    }

    @Test func aWalletLearnsAtAProtectedRouteThatATokenWhoseAnswerWasLostIsSpent() async throws {
        try await withProxy { proxy, servers, _, place in
            let name = try ServerName(DemoServers.originName)
            let origin = try OriginClient(proxy.url, name: name)
            let asked = try await origin.challenges(path: "/play/level", method: .get)
            let challenge = try #require(asked.first { $0.challenge.tokenType == .voprfRistretto255 }).challenge
            let wallet = try Wallet(path: place.root.appending(path: "proxied").path)
            let code = try await ChildProcess.run(
                ["voucher", "create", "--capability", "session", "--tokens", "3"] + place.adminFlags)
            let voucher = try #require(Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)))
            let session = try #require(Capability("session"))
            try await wallet.fetch(
                3, of: session, for: challenge,
                from: IssuerClient(servers.authorityURL, name: ServerName(DemoServers.issuerName)), voucher: voucher,
                offers: origin.check(challenge, path: "/play/level", method: .get))

            let losing = try OriginClient(
                url: ServerURL(proxy.url), name: name, transport: LosingAnswers(transport: HTTPTokenTransport()))
            await #expect(throws: RedemptionError.self) {
                try await wallet.spend(session, for: challenge, at: losing, path: "/play/level", method: .get)
            }
            #expect(await wallet.inventory.sent.count == 1)
            let resumed = await wallet.resume(at: origin, path: "/play/level", method: .get)
            #expect(try resumed.map { try $0.result.get().outcome } == [.alreadySpent])
            #expect(await wallet.inventory.sent.isEmpty)
            let spent = try await wallet.spend(session, for: challenge, at: origin, path: "/play/level", method: .get)
            #expect(spent.outcome == .spent(receipt: nil) && spent.isSettled)
            await wallet.close()
            let command = try CommandRun([
                "token", "spend", "--wallet", place.root.appending(path: "proxied").path, "--origin", proxy.url,
                "--origin-name", DemoServers.originName, "--path", "/play/level", "--method", "get",
            ])
            #expect(command.code == 0 && command.errors == "the token is spent\n", "\(command.errors)")
        }
    }

    /// Sends, and loses what comes back.
    private struct LosingAnswers: TokenTransport {
        struct Lost: Error {}
        let transport: HTTPTokenTransport

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            _ = try await transport.send(request)
            throw Lost()
        }
    }

    @Test func ofManyRequestsWithOneTokenExactlyOneGetsIn() async throws {
        try await withProxy { proxy, _, app, place in
            let token = try await self.token(app, place)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await proxy.get(headers: [authorization(token)]).status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 401: 49])
        }
    }

    @Test func aClientCannotSayWhatItsTokenWasGoodFor() async throws {
        try await withProxy { proxy, _, app, place in
            let forged = [("Portes-Capability", "everything"), ("portes-capability", "more")]
            #expect(try await proxy.get(headers: forged).status == 401)
            let token = try await self.token(app, place)
            let seen = try ProtectedBackend.seen(try await proxy.get(headers: forged + [authorization(token)]))
            #expect(seen.headers["portes-capability"] == "session")
        }
    }

    @Test func aBodyReachesTheBackendWholeAndTheClearingServerNotAtAll() async throws {
        try await withProxy { proxy, _, app, place in
            let token = try await self.token(app, place)
            let body = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
            let answer = try await proxy.get(headers: [authorization(token)], body: body)
            #expect(answer.status == 200)
            #expect(try ProtectedBackend.seen(answer).body.utf8.count == body.count)
            // A body larger than the clearing server reads of any request.
            #expect(try await proxy.get(body: body).status == 401)
        }
    }

    @Test func nobodyGetsInWithAForgedTokenWithTwoOrByAnotherWay() async throws {
        try await withProxy { proxy, _, app, place in
            let (first, second) = (try await self.token(app, place), try await self.token(app, place))
            let forged = try app.forged(from: first)
            #expect(try await proxy.get(headers: [authorization(forged)]).status == 401)
            let two = try await proxy.get(headers: [authorization(first), authorization(second)])
            #expect(two.status == 401 || two.status == 400)
            #expect(try await proxy.get(headers: [("Authorization", "Bearer x")]).status == 401)
            // The sub-request's own place is not for clients.
            #expect(try await proxy.get("/spend", headers: [authorization(first)]).status == 404)
            // None of that has cost a token.
            #expect(try await proxy.get(headers: [authorization(first)]).status == 200)
        }
    }

    @Test func whereTheClearingServerIsGoneNobodyGetsIn() async throws {
        try await withProxy { proxy, servers, app, place in
            let token = try await self.token(app, place)
            await servers.clearing.terminate()
            #expect(try await proxy.get(headers: [authorization(token)]).status == 500)
            #expect(try await proxy.get().status == 500)
        }
    }

    private func authorization(_ token: Token) -> (String, String) {
        ("Authorization", PrivateTokenCredentials(token: token).fieldValue)
    }

    private func token(_ app: DemoApp, _ place: DemoDirectory) async throws -> Token {
        try await token(of: "session", for: try await app.challenge(), app, place)
    }

    private func token(
        of capability: String, for challenge: TokenChallenge, _ app: DemoApp, _ place: DemoDirectory
    ) async throws -> Token {
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", capability, "--tokens", "1"] + place.adminFlags)
        let voucher = try #require(Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)))
        return try await app.fetch(1, of: capability, for: challenge, voucher: voucher)[0]
    }

    private func withProxy(
        _ body: (ProtectedBackend, DemoServers, DemoApp, DemoDirectory) async throws -> Void
    ) async throws {
        try await withServers(withOtherTypes: true) { servers, app, place in
            let proxy = try await ProtectedBackend(clearingURL: servers.clearingURL, in: place)
            do {
                try await body(proxy, servers, app, place)
            } catch {
                await proxy.stop()
                throw error
            }
            await proxy.stop()
        }
    }
}
