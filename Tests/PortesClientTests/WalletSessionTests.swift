import Identity
import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import Synchronization
import Testing

@testable import PortesClient

/// Sessions as an app gets and keeps them.
struct WalletSessionTests {
    let directory: TemporaryDirectory
    let issuer = TestIssuer()
    let service: FakeSessions
    let challenge: TokenChallenge

    init() throws {
        directory = try TemporaryDirectory()
        service = FakeSessions(issuer)
        challenge = try TestIssuer.challenge()
    }

    private func filled(_ count: Int) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        try await wallet.fetch(
            count, of: .session, for: challenge, from: FakeIssuer(issuer).client(), voucher: FakeIssuer.voucher)
        return wallet
    }

    private func session(
        _ wallet: Wallet, isBound: Bool = true, at time: Int64 = 1_800_000_000
    ) async throws -> Session {
        try await wallet.session(.session, for: challenge, at: service.client(clock: { time }), isBound: isBound)
    }

    @Test func aSessionIsOpenedWithOneTokenAndUsedAgain() async throws {
        let wallet = try await filled(2)
        let first = try await session(wallet)
        #expect(try await session(wallet) == first && service.count == 1)
        #expect(await wallet.holdings.map(\.count) == [1])
        #expect(await wallet.unanswered.isEmpty)
        #expect(first.capability == .session && first.isBound)
        #expect(first.expiry == UnixTime(seconds: 1_800_003_600))
    }

    @Test func aSessionIsThereAfterARestartWithItsKey() async throws {
        let wallet = try await filled(1)
        let before = try await session(wallet)
        await wallet.close()
        let again = try await session(try Wallet(path: directory.walletPath))
        #expect(again == before && service.count == 1)
        try expectProof(again.headers(for: "GET", "https://origin.example/a?b#c"), of: again, path: "/a")
    }

    /// Whether fields show a session as RFC 9449 says.
    private func expectProof(_ headers: [HeaderField], of session: Session, path: String) throws {
        #expect(headers.first == HeaderField("authorization", "DPoP \(session.text)"))
        let proof = try ProofOfPossession(verifying: #require(headers.last).value)
        #expect(
            proof.isFor(method: "GET", path: path, servers: ["origin.example"], credential: session.text))
        #expect(proof.keyThumbprint == session.claims.keyThumbprint)
    }

    @Test func aMinuteBeforeItsEndTheNextIsOpenedWithTheNextToken() async throws {
        let wallet = try await filled(3)
        let first = try await session(wallet)
        #expect(try await session(wallet, at: 1_800_003_540) == first)
        let second = try await session(wallet, at: 1_800_003_541)
        #expect(second != first && second.claims.keyThumbprint != first.claims.keyThumbprint && service.count == 2)
        #expect(await wallet.sessions(at: UnixTime(seconds: 1_800_003_541)).map(\.session) == [second])
    }

    @Test func aBearerSessionAndABoundOneAreTwo() async throws {
        let wallet = try await filled(2)
        let (bound, bearer) = (try await session(wallet), try await session(wallet, isBound: false))
        #expect(bearer.headers("https://origin.example/") == [HeaderField("authorization", "Bearer \(bearer.text)")])
        #expect(try await session(wallet) == bound)
        #expect(try await session(wallet, isBound: false) == bearer && service.count == 2)
    }

    @Test(arguments: [true, false]) func aLostAnswerBringsTheSameSession(isBound: Bool) async throws {
        service.fail(.loseAnswer)
        let wallet = try await filled(2)
        await #expect(throws: RedemptionError.unreachable(TransportFailure("Lost()"))) {
            try await session(wallet, isBound: isBound)
        }
        #expect(await wallet.unanswered.count == 1)
        await wallet.close()
        let opened = service.state.withLock { $0.opened.values.map(\.text) }
        let again = try Wallet(path: directory.walletPath)
        #expect(try await [session(again, isBound: isBound).text] == opened)
        #expect(await again.unanswered.isEmpty)
        #expect(await again.holdings.map(\.count) == [1])
    }

    @Test func aTokenForASessionIsNeverSentElsewhere() async throws {
        service.fail(.loseRequest)
        let wallet = try await filled(1)
        await #expect(throws: RedemptionError.self) { try await session(wallet) }
        // What sends spends again, sends these nowhere: at another path the token would be spent on nothing.
        #expect(await wallet.resume(at: try service.client()).isEmpty)
        #expect(await wallet.resume(at: try ServerName("origin.example")) == nil)
        #expect(await wallet.unanswered.count == 1)
        _ = try await session(wallet)
        #expect(service.count == 1)
    }

    @Test func tasksThatAskAtOnceGetOneSession() async throws {
        let wallet = try await filled(20)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await session(wallet).text } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts.count == 1 && service.count == 1)
        #expect(await wallet.holdings.map(\.count) == [19])
    }

    @Test func aCallThatIsCancelledCostsNoSecondToken() async throws {
        let wallet = try await filled(2)
        let task = Task { try await session(wallet) }
        task.cancel()
        _ = try? await task.value
        let after = try await session(wallet)
        #expect(service.count == 1)
        #expect(try await session(wallet) == after)
        #expect(await wallet.holdings.map(\.count) == [1])
    }

    @Test func whatAServiceRefusesIsSaid() async throws {
        let wallet = try await filled(5)
        service.fail(.answer(status: 401, problem: "bad-proof"))
        await #expect(throws: RedemptionError.proofRefused) { try await session(wallet) }
        // The token is as good as before, and sent again.
        _ = try await session(wallet)
        #expect(await wallet.holdings.map(\.count) == [4])
        try await wallet.discard(session(wallet))
        service.fail(.answer(status: 401, problem: "bad-authenticator"))
        let refused = await #expect(throws: SessionRefused.self) { try await session(wallet) }
        #expect(refused?.outcome == .refused(.badAuthenticator))
        service.fail(.answer(status: 503, problem: "overloaded"))
        await #expect(throws: RedemptionError.overloaded(retryAfter: nil)) { try await session(wallet) }
        _ = try await session(wallet)
        await #expect(throws: WalletError.empty) {
            for _ in 0..<9 { try await wallet.discard(session(wallet)) }
        }
    }

    @Test func aClosedSessionIsGoneAndItsTokenOpensNoOther() async throws {
        let wallet = try await filled(2)
        let first = try await session(wallet)
        service.fail(.loseAnswer)
        await #expect(throws: RedemptionError.self) { try await wallet.close(first, at: service.client()) }
        #expect(await wallet.sessions(at: UnixTime(seconds: 1_800_000_000)).map(\.session) == [first])
        try await wallet.close(first, at: service.client())
        #expect(await wallet.sessions(at: UnixTime(seconds: 1_800_000_000)).isEmpty)
        #expect(try await session(wallet) != first && service.count == 2)
    }

    @Test func aDeviceWithAWrongClockMakesProofsByTheServicesClock() async throws {
        let wallet = try await filled(1)
        let wrong: Int64 = 1_700_000_000
        let session = try await session(wallet, at: wrong)
        #expect(session.expiry == UnixTime(seconds: wrong + 3_600))
        let headers = session.headers(for: "GET", "https://origin.example/", at: UnixTime(seconds: wrong + 10))
        let proof = try ProofOfPossession(verifying: #require(headers.last).value)
        #expect(proof.time == UnixTime(seconds: 1_800_000_010))
    }

    @Test(arguments: [
        #"{"access_token":"a.b.c","expires_in":3600}"#, #"{"access_token":"","expires_in":3600}"#, "{}", "[]", "",
        #"{"access_token":"\#(SessionText.bearer)","expires_in":-1}"#,
        #"{"access_token":"\#(SessionText.bearer)","expires_in":9223372036854775807}"#,
        #"{"access_token":"\#(SessionText.bearer)","expires_in":3600}"#,
    ]) func anAnswerThatIsNoSessionOfThisKeyIsRefused(body: String) async throws {
        let wallet = try await filled(1)
        let origin = OriginClient(url: try ServerURL("https://origin.example"), transport: Canned(body: body))
        await #expect(throws: RedemptionError.badAnswer) {
            // The last is a session, but not one that is bound to the key.
            try await wallet.session(.session, for: challenge, at: origin)
        }
        #expect(await wallet.unanswered.count == 1)
    }

    private struct Canned: TokenTransport {
        let body: String

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            TransportResponse(
                status: 200, headers: [HeaderField("content-type", "application/json")], body: Array(body.utf8))
        }
    }

    @Test func theWalletsFileShowsNoSessionWhereItIsSealed() async throws {
        let identity = IdentitySecret()
        let wallet = try Wallet(path: directory.walletPath, key: WalletKey(identity))
        try await wallet.fetch(
            1, of: .session, for: challenge, from: FakeIssuer(issuer).client(), voucher: FakeIssuer.voucher)
        let session = try await session(wallet)
        let bytes = try directory.bytes()
        #expect(bytes.firstRange(of: Array(session.text.utf8)) == nil && bytes.firstRange(of: session.seed) == nil)
    }
}
