import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

/// Tokens at an app's own route, behind a middleware, or a proxy that answers with pages of its own.
struct AppRouteTests {
    let directory: TemporaryDirectory
    let issuer = TestIssuer()
    let origin: FakeOrigin
    let challenge: TokenChallenge
    let session = Capability.session

    init() throws {
        directory = try TemporaryDirectory()
        origin = FakeOrigin(issuer)
        challenge = try TestIssuer.challenge()
    }

    private typealias Outcome = RedemptionOutcome

    @Test(arguments: RedemptionOutcome.Refusal.allCases)
    func whereAPageTookTheProblemsPlaceTheFieldSaysWhyATokenIsRefused(refusal: RedemptionOutcome.Refusal) async throws {
        let wallet = try await filled()
        origin.fail(page(401, refusal.rawValue))
        let result = try await spend(wallet)
        #expect(result.outcome == .refused(refusal))
        #expect(await wallet.unanswered.isEmpty == !refusal.isTemporary)
    }

    @Test func aTokenWhoseAnswerWasLostIsKnownToBeSpentThoughAPageSaysSo() async throws {
        let wallet = try await filled()
        origin.fail(.loseAnswer)
        await #expect(throws: RedemptionError.self) { try await spend(wallet) }
        origin.fail(page(401, "already-spent"))
        let results = await wallet.resume(at: try origin.client(), path: "/level", method: .get)
        #expect(try results.map { try $0.result.get().outcome } == [.alreadySpent])
        #expect(await wallet.unanswered.isEmpty)
        #expect(await wallet.holdings.isEmpty)
    }

    @Test(arguments: [
        (401, [], .failed(status: 401)), (401, ["x"], .failed(status: 401)), (401, [""], .failed(status: 401)),
        (401, ["already-spent", "key-revoked"], .failed(status: 401)), (403, ["token-required"], .failed(status: 403)),
        (500, ["storage-unavailable"], .overloaded(retryAfter: nil)), (302, ["already-spent"], .failed(status: 302)),
    ] as [(Int, [String], RedemptionError)])
    func whatTheFieldDoesNotSayKeepsTheToken(status: Int, names: [String], error: RedemptionError) async throws {
        let wallet = try await filled()
        origin.fail(
            .answer(status: status, problem: nil, headers: names.map { HeaderField("Portes-Problem", $0) }))
        await #expect(throws: error) { try await spend(wallet) }
        #expect(await wallet.unanswered.count == 1)
    }

    @Test func theDocumentCountsWhereThereIsOne() async throws {
        let wallet = try await filled()
        origin.fail(
            .answer(status: 401, problem: "key-revoked", headers: [HeaderField("Portes-Problem", "already-spent")]))
        #expect(try await spend(wallet).outcome == .refused(.keyRevoked))
    }

    @Test func whoeverIsLetInHasSpentItWhateverElseTheAnswerSays() async throws {
        let wallet = try await filled()
        origin.fail(page(200, "already-spent"))
        #expect(try await spend(wallet).outcome == .spent(receipt: nil))
    }

    @Test func aRouteGetsTheMethodThatItTakes() async throws {
        let wallet = try await filled(4)
        let client = try origin.client()
        try await spend(wallet)
        _ = try await wallet.spend(session, for: challenge, at: client)
        origin.fail(.loseRequest)
        await #expect(throws: RedemptionError.self) { try await spend(wallet) }
        _ = await wallet.resume(at: client, path: "/level", method: .get)
        let holding = try #require(await wallet.holdings.first)
        _ = try await wallet.spend(like: holding, at: client, path: "/level", method: .delete)
        origin.state.withLock { $0.challenges = [PrivateTokenChallenge(challenge: challenge).fieldValue] }
        _ = try await client.challenges(path: "/level", method: .get)
        try await client.check(challenge)
        #expect(origin.state.withLock { $0.methods } == [.get, .post, .get, .get, .delete, .get, .post])
    }

    private func page(_ status: Int, _ problem: String) -> FakeOrigin.Fault {
        .answer(status: status, problem: nil, headers: [HeaderField("portes-problem", problem)])
    }

    @discardableResult
    private func spend(_ wallet: Wallet) async throws -> SpendResult {
        try await wallet.spend(session, for: challenge, at: origin.client(), path: "/level", method: .get)
    }

    private func filled(_ count: Int = 1) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        try await wallet.fetch(
            count, of: session, for: challenge, from: FakeIssuer(issuer).client(), voucher: FakeIssuer.voucher)
        return wallet
    }
}
