import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

/// What a wallet does with the tokens of a key that an origin refuses.
struct WalletSetAsideTests {
    let directory: TemporaryDirectory
    let old = TestIssuer()
    let new = TestIssuer()
    let origin: FakeOrigin
    let challenge: TokenChallenge
    let name: ServerName
    let session = Capability.session
    let spent = RedemptionOutcome.spent(receipt: "a.b.c")

    init() throws {
        directory = try TemporaryDirectory()
        origin = FakeOrigin(old, new)
        challenge = try TestIssuer.challenge()
        name = try ServerName("origin.example")
    }

    @Test(arguments: [RedemptionOutcome.Refusal.keyRevoked, .keyNoLongerAccepted, .unknownKey])
    func aRefusedKeyCostsOneTokenAndTheNextKeysTokenIsSpentAtOnce(refusal: RedemptionOutcome.Refusal) async throws {
        let wallet = try await filled([(old, 5), (new, 2)])
        refuse(refusal, old)
        let first = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(first.outcome == spent)
        #expect(
            first.unusable == [
                Wallet.Unusable(capability: session, keyID: old.publicKey.id, count: 5, reason: refusal)
            ])
        let second = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(second.outcome == spent && second.unusable.isEmpty)
        #expect(presented == 3)
        #expect(await wallet.holdings.map(\.count) == [4])
        #expect(await wallet.unanswered.isEmpty == !refusal.isTemporary)
        await #expect(throws: WalletError.empty) {
            try await wallet.spend(session, for: challenge, at: origin.client())
        }
        #expect(presented == 3)
    }

    /// A token alone says nothing of the others of its key; a server's own trouble says nothing of any.
    @Test(arguments: [RedemptionOutcome.Refusal.tokenRevoked, .verifierRevoked])
    func aRefusalThatIsNotOfTheKeySetsNothingAside(refusal: RedemptionOutcome.Refusal) async throws {
        let wallet = try await filled([(old, 3)])
        refuse(refusal, old)
        let first = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(first.outcome == .refused(refusal) && first.unusable.isEmpty && presented == 1)
        #expect(await wallet.unanswered.isEmpty == !refusal.isTemporary)
        origin.state.withLock { $0.refused = [:] }
        #expect(try await wallet.spend(session, for: challenge, at: origin.client()).outcome == spent)
    }

    @Test func aRevokedCapabilitySetsAllItsKeysAsideAndNoOther() async throws {
        let wallet = try await filled([(old, 3), (new, 2)])
        let third = TestIssuer()
        origin.state.withLock { $0.issuers.append(third) }
        try await wallet.fetch(
            2, of: .play, for: challenge, from: FakeIssuer(third, capability: .play).client(),
            voucher: FakeIssuer.voucher)
        refuse(.capabilityRevoked, old)
        let result = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(result.outcome == .refused(.capabilityRevoked) && presented == 1)
        #expect(result.unusable.map(\.count) == [3, 2])
        #expect(result.unusable.allSatisfy { $0.reason == .capabilityRevoked && $0.capability == session })
        await #expect(throws: WalletError.empty) {
            try await wallet.spend(session, for: challenge, at: origin.client())
        }
        #expect(try await wallet.spend(.play, for: challenge, at: origin.client()).outcome == spent)
    }

    @Test func whatIsSetAsideIsHeldButNotCountedAsUsable() async throws {
        let wallet = try await filled([(old, 5)])
        refuse(.keyRevoked, old)
        #expect(await wallet.usableCount(of: session, for: challenge, at: name) == 5)
        #expect(await wallet.usableCount(of: .play, for: challenge, at: name) == 0)
        #expect(try await wallet.usableCount(of: session, for: challenge, at: ServerName("other.example")) == 0)
        _ = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(await wallet.holdings.map(\.count) == [4])
        #expect(await wallet.usableCount(of: session, for: challenge, at: name) == 0)
    }

    /// What the sample of an app does each time that it is run.
    @Test func anAppThatFetchesWhenNothingIsUsableGoesOnAfterARevocation() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let server = FakeIssuer(old)
        @Sendable func run() async throws -> RedemptionOutcome {
            _ = await wallet.resume(at: try origin.client())
            if await wallet.usableCount(of: session, for: challenge, at: name) == 0 {
                try await wallet.fetch(
                    5, of: session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher)
            }
            return try await wallet.spend(session, for: challenge, at: origin.client()).outcome
        }
        #expect(try await run() == spent)
        refuse(.keyRevoked, old)
        server.state.withLock { $0.keys = [(session, new)] }
        #expect(try await run() == .refused(.keyRevoked))
        for _ in 0..<6 { #expect(try await run() == spent) }
        #expect(server.state.withLock { $0.charged.count } == 3)
        #expect("\(spent) \(RedemptionOutcome.refused(.keyRevoked))" == "spent refused: key-revoked")
    }

    @Test func whatIsSetAsideIsStillSoAfterARestartUntilItIsReadmitted() async throws {
        refuse(.keyRevoked, old)
        do {
            let wallet = try await filled([(old, 3)])
            #expect(try await wallet.spend(session, for: challenge, at: origin.client()).outcome == .refused(.keyRevoked))
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        #expect(await wallet.holdings.map(\.setAside) == [[Wallet.SetAside(origin: name, reason: .keyRevoked)]])
        await #expect(throws: WalletError.empty) { _ = try await wallet.take(session, for: challenge, at: name) }
        await #expect(throws: WalletError.empty) {
            try await wallet.holding(for: [PrivateTokenChallenge(challenge: challenge)], at: name)
        }
        origin.state.withLock { $0.refused = [:] }
        #expect(try await wallet.readmit(at: ServerName("ORIGIN.example")) == 2)
        #expect(try await wallet.spend(session, for: challenge, at: origin.client()).outcome == spent)
        #expect(try await wallet.readmit(at: name) == 0)
    }

    @Test func tokensOfAnUnknownKeyAreSpentOnceTheOriginKnowsIt() async throws {
        let wallet = try await filled([(old, 3), (new, 1)])
        refuse(.unknownKey, old)
        #expect(try await wallet.spend(session, for: challenge, at: origin.client()).outcome == spent)
        #expect(await wallet.unanswered == [name])
        #expect(try await outcomes(wallet.resume(at: origin.client())) == [.refused(.unknownKey)])
        origin.state.withLock { $0.refused = [:] }
        #expect(try await outcomes(wallet.resume(at: origin.client())) == [spent])
        #expect(await wallet.holdings.map(\.setAside) == [[]])
        #expect(try await wallet.spend(session, for: challenge, at: origin.client()).outcome == spent)
        #expect(await wallet.holdings.map(\.count) == [1])
    }

    @Test func anOriginThatRefusesEverythingSeesThreeTokensInASpendAndOneOfEachKeyInAll() async throws {
        let wallet = try await filled((0..<5).map { _ in (TestIssuer(), 4) })
        let revoked = FakeOrigin.Fault.answer(status: 401, problem: "key-revoked")
        origin.state.withLock { $0.faults = Array(repeating: revoked, count: 50) }
        let first = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(first.outcome == .refused(.keyRevoked) && first.unusable.map(\.count) == [4, 4, 4])
        #expect(presented == 3)
        let second = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(second.unusable.map(\.count) == [4, 4])
        for _ in 0..<3 {
            await #expect(throws: WalletError.empty) {
                try await wallet.spend(session, for: challenge, at: origin.client())
            }
        }
        #expect(presented == 5)
        #expect(await wallet.holdings.map(\.count) == [3, 3, 3, 3, 3])
    }

    @Test func theWordOfOneOriginCountsAtNoOther() async throws {
        let anywhere = try TestIssuer.challenge(origins: [])
        let wallet = try await filled([(old, 3)], for: anywhere)
        let liar = FakeOrigin(old)
        liar.state.withLock { $0.refused = [old.publicKey.id: "key-revoked"] }
        let result = try await wallet.spend(session, for: anywhere, at: liar.client("https://liar.example"))
        #expect(result.outcome == .refused(.keyRevoked))
        #expect(try await wallet.spend(session, for: anywhere, at: origin.client()).outcome == spent)
    }

    @Test func whereTheRefusalCannotBeWrittenNoOtherTokenIsShown() async throws {
        /// Fills the disk, so to speak, while the token is on its way.
        struct Filling: TokenTransport {
            let origin: FakeOrigin
            let directory: TemporaryDirectory

            func send(_ request: TransportRequest) async throws -> TransportResponse {
                try directory.obstruct()
                return try await origin.send(request)
            }
        }
        let wallet = try await filled([(old, 3), (new, 1)])
        refuse(.keyRevoked, old)
        let client = try OriginClient(
            url: ServerURL("https://origin.example"), transport: Filling(origin: origin, directory: directory))
        let result = try await wallet.spend(session, for: challenge, at: client)
        #expect(result.outcome == .refused(.keyRevoked) && !result.isSettled)
        #expect(presented == 1)
    }

    @Test func aDiscardedKeyIsForgotten() async throws {
        let wallet = try await filled([(old, 3), (new, 1)])
        refuse(.keyRevoked, old)
        _ = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(await wallet.contents.setAside.count == 1)
        #expect(try await wallet.discard(old.publicKey.id) == 2)
        #expect(try WalletContents(decoding: directory.bytes()).setAside.isEmpty)
    }

    private var presented: Int { origin.state.withLock { $0.presented.count } }

    private func refuse(_ refusal: RedemptionOutcome.Refusal, _ issuer: TestIssuer) {
        origin.state.withLock { $0.refused[issuer.publicKey.id] = refusal.rawValue }
    }

    private func outcomes(_ results: [Resumption]) throws -> [RedemptionOutcome] {
        try results.map { try $0.result.get().outcome }
    }

    private func filled(_ lots: [(TestIssuer, Int)], for other: TokenChallenge? = nil) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        for (issuer, count) in lots {
            try await wallet.fetch(
                count, of: session, for: other ?? challenge, from: FakeIssuer(issuer).client(),
                voucher: FakeIssuer.voucher)
            try await wallet.forgetKeyLog(of: challenge.issuerName)
        }
        return wallet
    }
}
