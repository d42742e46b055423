import LibSodium
import PrivacyPass
import Testing
import VOPRF

@testable import PortesClient

struct WalletChoiceTests {
    let directory: TemporaryDirectory
    let session = Capability.session
    let play = Capability.play
    let sessionIssuer = TestIssuer()
    let playIssuer = TestIssuer()
    let challenge: TokenChallenge
    let origin: ServerName

    init() throws {
        origin = try ServerName("origin.example")
        directory = try TemporaryDirectory()
        challenge = try TestIssuer.challenge()
    }

    @Test func theKeyInTheChallengePicksTheCapability() async throws {
        let wallet = try await filled()
        #expect(try await wallet.holding(for: [asking(playIssuer)], at: origin).capability == play)
        #expect(try await wallet.holding(for: [asking(sessionIssuer)], at: origin).capability == session)
        let alone = try await filled([(play, playIssuer)], path: directory.path + "/alone")
        let either = [asking(TestIssuer()), asking(playIssuer)]
        #expect(try await alone.holding(for: either, at: origin).capability == play)
    }

    @Test func whereTheOriginTakesSeveralCapabilitiesThatAreThereNoneIsTakenUnasked() async throws {
        let wallet = try await filled()
        // By name, and where the key of the one is newer than its tokens.
        for offers in [[asking(sessionIssuer), asking(playIssuer)], [asking(TestIssuer()), asking(playIssuer)]] {
            for offers in [offers, offers.reversed()] {
                await #expect(throws: WalletError.severalCapabilities) {
                    try await wallet.holding(for: offers, at: origin)
                }
                #expect(try await wallet.holding(for: offers, at: origin, of: play).capability == play)
            }
        }
        #expect(await wallet.holdings.map(\.count) == [1, 1])
    }

    @Test func theIssuersDirectoryTellsThatANewerKeyIsForSomethingElse() async throws {
        let wallet = try await filled()
        let (next, seat) = (TestIssuer(), TestIssuer())
        let fake = FakeIssuer([(session, next), (play, playIssuer), (Capability.seat, seat)])
        let issuer = try fake.client()
        let offers = [asking(playIssuer), asking(seat)]
        #expect(try await wallet.holding(for: offers, at: origin, issuer: issuer).capability == play)
        await #expect(throws: WalletError.severalCapabilities) {
            try await wallet.holding(for: [asking(playIssuer), asking(next)], at: origin, issuer: issuer)
        }
        // A key that the issuer does not publish says nothing.
        await #expect(throws: WalletError.severalCapabilities) {
            try await wallet.holding(for: [asking(playIssuer), asking(TestIssuer())], at: origin, issuer: issuer)
        }
    }

    @Test func withoutAKnownKeySeveralCapabilitiesAreNotGuessed() async throws {
        let wallet = try await filled()
        for offer in [asking(TestIssuer()), PrivateTokenChallenge(challenge: challenge)] {
            await #expect(throws: WalletError.severalCapabilities) {
                try await wallet.holding(for: [offer], at: origin)
            }
            #expect(try await wallet.holding(for: [offer], at: origin, of: play).capability == play)
        }
        let alone = try await filled([(session, sessionIssuer)], path: directory.path + "/alone")
        #expect(try await alone.holding(for: [asking(TestIssuer())], at: origin).capability == session)
    }

    @Test func theIssuersDirectoryTellsWhatANewerKeyIsFor() async throws {
        let wallet = try await filled()
        let next = TestIssuer()
        let issuer = try FakeIssuer([(session, sessionIssuer), (play, next), (Capability.seat, TestIssuer())]).client()
        #expect(try await wallet.holding(for: [asking(next)], at: origin, issuer: issuer).capability == play)
        await #expect(throws: IssuanceError.keyNotPublished) {
            try await wallet.holding(for: [asking(TestIssuer())], at: origin, issuer: issuer)
        }
        let alone = try await filled([(session, sessionIssuer)], path: directory.path + "/alone")
        await #expect(throws: WalletError.empty) {
            try await alone.holding(for: [asking(next)], at: origin, issuer: issuer)
        }
    }

    @Test func anotherChallengeOrCapabilityHasNoHolding() async throws {
        let wallet = try await filled()
        let fresh = try TestIssuer.challenge(context: .zero)
        await #expect(throws: WalletError.empty) {
            try await wallet.holding(
                for: [PrivateTokenChallenge(challenge: fresh, tokenKey: playIssuer.publicKey.encoded)],
                at: origin)
        }
        await #expect(throws: WalletError.empty) {
            try await wallet.holding(for: [asking(playIssuer)], at: origin, of: Capability.seat)
        }
        await #expect(throws: WalletError.empty) { try await wallet.holding(for: [], at: origin) }
    }

    private func asking(_ issuer: TestIssuer) -> PrivateTokenChallenge {
        PrivateTokenChallenge(challenge: challenge, tokenKey: issuer.publicKey.encoded)
    }

    private func filled() async throws -> Wallet {
        try await filled([(session, sessionIssuer), (play, playIssuer)], path: directory.walletPath)
    }

    private func filled(_ lots: [(Capability, TestIssuer)], path: String) async throws -> Wallet {
        let wallet = try Wallet(path: path)
        for (capability, issuer) in lots {
            try await wallet.fetch(
                1, of: capability, for: challenge, from: FakeIssuer(issuer, capability: capability).client(),
                voucher: FakeIssuer.voucher)
            try await wallet.forgetKeyLog(of: challenge.issuerName)
        }
        return wallet
    }
}
