import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

/// A fetch holds the issuer's key against those that the origin names.
struct OfferedKeyTests {
    let directory: TemporaryDirectory
    let issuer = TestIssuer()
    let server: FakeIssuer
    let challenge: TokenChallenge

    init() throws {
        directory = try TemporaryDirectory()
        server = FakeIssuer(issuer)
        challenge = try TestIssuer.challenge()
    }

    @Test func nothingIsAskedForWhereTheOriginNamesOtherKeysAlone() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        for offers in [[offer(TestIssuer())], [offer(TestIssuer()), offer(TestIssuer())]] {
            await #expect(throws: IssuanceError.keyNotOffered) { try await fetch(into: wallet, offers) }
        }
        #expect(server.state.withLock { $0.bodies.isEmpty && $0.balance == 1000 })
        #expect(await wallet.holdings.isEmpty)
        #expect(await wallet.inventory.requested.isEmpty)
    }

    @Test func whereOneOfTheKeysIsTheIssuersOrNotAllAreNamedTokensAreFetched() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let other = try TestIssuer.challenge(origins: ["other.example"])
        let unnamed = PrivateTokenChallenge(challenge: challenge)
        let elsewhere = PrivateTokenChallenge(challenge: other, tokenKey: TestIssuer().publicKey.encoded)
        let taken = [
            [], [offer(issuer)], [offer(TestIssuer()), offer(issuer)], [unnamed], [offer(TestIssuer()), unnamed],
            [elsewhere],
        ]
        for offers in taken { try await fetch(into: wallet, offers) }
        #expect(await wallet.holdings.map(\.count) == [taken.count])
    }

    @Test func whatAnEarlierFetchAskedForIsNotSentAgainEither() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseRequest)
        await #expect(throws: IssuanceError.self) { try await fetch(into: wallet, []) }
        await #expect(throws: IssuanceError.keyNotOffered) { try await fetch(into: wallet, [offer(TestIssuer())]) }
        #expect(server.state.withLock { $0.bodies.isEmpty && $0.balance == 1000 })
        #expect(await wallet.inventory.requested.map(\.count) == [1])
    }

    @Test func aKeyThatTookTheOthersPlaceInBetweenIsHeldAgainstTheOffersToo() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let next = TestIssuer()
        /// The issuer moves over to its next key between its directory and the request.
        struct Moving: TokenTransport {
            let server: FakeIssuer
            let next: TestIssuer

            func send(_ request: TransportRequest) async throws -> TransportResponse {
                if request.method == .post { server.state.withLock { $0.keys = [(Capability.session, next)] } }
                return try await server.send(request)
            }
        }
        let client = try server.client(Moving(server: server, next: next))
        await #expect(throws: IssuanceError.keyNotOffered) {
            try await wallet.fetch(
                1, of: .session, for: challenge, from: client, voucher: FakeIssuer.voucher, offers: [offer(issuer)])
        }
        #expect(server.state.withLock { $0.balance } == 1000)
    }

    @Test func whatTheOriginOffersForAChallengeComesFromTheCheck() async throws {
        let origin = FakeOrigin(issuer)
        let other = try TestIssuer.challenge(origins: [])
        let offers = [offer(issuer), PrivateTokenChallenge(challenge: other, tokenKey: issuer.publicKey.encoded)]
        origin.state.withLock { $0.challenges = offers.map(\.fieldValue) }
        let checked = try await origin.client().check(challenge)
        #expect(checked.map(\.challenge) == [challenge] && checked.map(\.tokenKey) == [issuer.publicKey.encoded])
    }

    private func offer(_ issuer: TestIssuer) -> PrivateTokenChallenge {
        PrivateTokenChallenge(challenge: challenge, tokenKey: issuer.publicKey.encoded)
    }

    @discardableResult
    private func fetch(into wallet: Wallet, _ offers: [PrivateTokenChallenge]) async throws -> FetchResult {
        try await wallet.fetch(
            1, of: .session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher, offers: offers)
    }
}
