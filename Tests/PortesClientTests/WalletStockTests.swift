import KeySchedule
import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

/// Fetching ahead.
@Suite struct WalletStockTests {
    private let directory: TemporaryDirectory
    private let server: FakeIssuer
    private let challenge: TokenChallenge
    private let session = Capability.session

    init() throws {
        directory = try TemporaryDirectory()
        server = FakeIssuer(TestIssuer())
        challenge = try TestIssuer.challenge()
    }

    private func restock(
        _ wallet: Wallet, _ policy: StockPolicy, wait: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> Int? {
        let issuer = try server.client()
        return try await wallet.restock(session, challenge, policy: policy, wait: wait) {
            try await wallet.fetch(
                policy.portion, of: session, for: challenge, from: issuer, voucher: FakeIssuer.voucher)
        }?.requested
    }

    @Test func aWalletThatRunsLowIsFilledInPortionsOfOneSizeAndAFullOneIsNot() async throws {
        let (wallet, policy) = (try Wallet(path: directory.walletPath), StockPolicy(lowWater: 5, portion: 40))
        #expect(try await restock(wallet, policy) == 40)
        for _ in 0..<20 { #expect(try await restock(wallet, policy) == nil) }
        #expect(await wallet.holdings.map(\.count) == [40])
    }

    @Test func whenItFetchesIsDrawnAndAnEmptyWalletDoesNotWait() throws {
        var generator = SystemRandomNumberGenerator()
        let policy = StockPolicy(lowWater: 10, portion: 50, longestWait: .seconds(100))
        let thresholds = Set((0..<500).map { _ in policy.threshold(using: &generator) })
        #expect(thresholds.min() == 10 && thresholds.max() == 30)
        let waits = (0..<500).map { _ in policy.wait(left: 12, using: &generator) }
        #expect(Set(waits).count > 400 && waits.allSatisfy { (.zero ... .seconds(100)).contains($0) })
        #expect(policy.wait(left: 9, using: &generator) == .zero)
        #expect(StockPolicy(lowWater: -5, portion: 1_000, longestWait: .seconds(-1)) == StockPolicy(
            lowWater: 1, portion: 100, longestWait: .zero))
    }

    @Test func aWaitThatIsCancelledFetchesNothing() async throws {
        let (wallet, policy) = (try Wallet(path: directory.walletPath), StockPolicy(lowWater: 5, portion: 40))
        await #expect(throws: CancellationError.self) {
            try await restock(wallet, policy) { _ in throw CancellationError() }
        }
        #expect(server.state.withLock { $0.bodies.isEmpty })
    }

    @Test func whatAnotherCallFetchedMeanwhileIsNotFetchedAgain() async throws {
        let (wallet, policy) = (try Wallet(path: directory.walletPath), StockPolicy(lowWater: 5, portion: 40))
        let result = try await restock(wallet, policy) { _ in _ = try await restock(wallet, policy) }
        #expect(result == nil)
        #expect(await wallet.holdings.map(\.count) == [40])
    }

    @Test func tokensOfARevokedKeyStayUntilTheyAreDroppedOnPurpose() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let client = try server.client()
        try await wallet.fetch(5, of: session, for: challenge, from: client, voucher: FakeIssuer.voucher)
        let next = TestIssuer()
        server.state.withLock { $0.keys = [(Capability.session, next)] }
        try await wallet.fetch(3, of: session, for: challenge, from: client, voucher: FakeIssuer.voucher)
        #expect(await wallet.holdings.map(\.count) == [5, 3])
        #expect(try await wallet.discardWhatIsOver(of: client) == 5)
        #expect(await wallet.holdings.map(\.keyID) == [next.publicKey.id])
    }

    @Test func acceptanceIsOverAMinuteAfterItsEndByTheLog() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        try await wallet.fetch(5, of: session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher)
        let first = try #require(await wallet.holdings.first?.keyID)
        // Announced at 0 to issue for 1,000,000 s, and accepted for 100 s more.
        let end: Int64 = 1_000_100
        server.log.state.withLock { $0.cosigningTime = UnixTime(seconds: end) }
        #expect(await wallet.expired([first], of: try server.client(now: end)).isEmpty)
        #expect(await wallet.expired([first], of: try server.client(now: end + 60)) == [first])
    }

    @Test func aFetchDropsWhatIsExpired() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let next = TestIssuer()
        server.state.withLock { state in
            state.keys.append((Capability.session, next))
            state.notBefore = [0, 1_000_000]
        }
        try await wallet.fetch(5, of: session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher)
        // Both are logged by now, and the first is listed no more: it has run out, and is not revoked.
        server.state.withLock { state in
            state.isLogging = false
            state.keys.removeFirst()
            state.notBefore.removeFirst()
        }
        for (time, counts) in [(1_000_050, [5, 3]), (1_000_160, [6])] as [(Int64, [Int])] {
            server.log.state.withLock { $0.cosigningTime = UnixTime(seconds: time) }
            let client = try server.client(now: time)
            try await wallet.fetch(3, of: session, for: challenge, from: client, voucher: FakeIssuer.voucher)
            #expect(await wallet.holdings.map(\.count) == counts, "at \(time)")
        }
        #expect(await wallet.holdings.map(\.keyID) == [next.publicKey.id])
    }
}
