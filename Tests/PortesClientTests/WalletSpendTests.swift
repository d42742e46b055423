import Foundation
import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

struct WalletSpendTests {
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

    @Test func aTokenIsPresentedWithItsBindingAndThenGone() async throws {
        let wallet = try await filled(2)
        let binding = Randomness.bytes(16)
        let result = try await wallet.spend(session, for: challenge, at: origin.client(), binding: binding)
        #expect(result.outcome == .spent(receipt: "a.b.c"))
        #expect(await wallet.holdings.map(\.count) == [1])
        #expect(await wallet.unanswered.isEmpty)
        origin.state.withLock { state in
            #expect(state.targets == ["https://origin.example/redeem"])
            #expect(state.presented.first?.last == HeaderField("portes-binding", Base64URL.encode(binding)))
        }
    }

    @Test func aLostAnswerIsAskedForAgainWithTheSameHeadersAfterARestart() async throws {
        origin.fail(.loseAnswer)
        do {
            let wallet = try await filled(2)
            await #expect(throws: RedemptionError.unreachable(TransportFailure("Lost()"))) {
                try await wallet.spend(session, for: challenge, at: origin.client(), purpose: [7])
            }
            #expect(await wallet.unanswered == [try ServerName("origin.example")])
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        let results = await wallet.resume(at: try origin.client())
        #expect(try results.map { try $0.result.get().outcome } == [.replayed(receipt: "a.b.c")])
        #expect(results.map(\.purpose) == [[7]])
        origin.state.withLock { #expect($0.presented.count == 2 && $0.presented[0] == $0.presented[1]) }
        #expect(await wallet.unanswered.isEmpty)
        #expect(await wallet.resume(at: try origin.client()).isEmpty)
    }

    @Test func aRequestThatNeverArrivedIsSpentWhenItIsSentAgain() async throws {
        let wallet = try await filled(1)
        origin.fail(.loseRequest)
        await #expect(throws: RedemptionError.self) {
            try await wallet.spend(session, for: challenge, at: origin.client())
        }
        #expect(try await outcomes(wallet.resume(at: origin.client())) == [.spent(receipt: "a.b.c")])
    }

    @Test func anAnswerWithoutContentIsASpendWithoutAReceipt() async throws {
        let wallet = try await filled(1)
        origin.fail(.answer(status: 204, problem: nil))
        let result = try await wallet.spend(session, for: challenge, at: origin.client(), path: "/verify")
        #expect(result.outcome == .spent(receipt: nil) && result.isSettled)
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test func aTokenThatWasSpentBeforeIsGone() async throws {
        let wallet = try await filled(1)
        origin.fail(.answer(status: 409, problem: "already-spent"))
        let result = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(result.outcome == .alreadySpent)
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test(arguments: RedemptionOutcome.Refusal.allCases) func aRefusalSaysWhetherTheTokenIsKept(
        refusal: RedemptionOutcome.Refusal
    ) async throws {
        let wallet = try await filled(1)
        origin.fail(.answer(status: 401, problem: refusal.rawValue))
        let result = try await wallet.spend(session, for: challenge, at: origin.client())
        #expect(result.outcome == .refused(refusal))
        #expect(result.unusable.map(\.count) == (refusal.concernsKey ? [1] : []))
        #expect(await wallet.unanswered.isEmpty == !refusal.isTemporary)
        #expect(await wallet.holdings.isEmpty)
    }

    @Test func aTemporaryRefusalIsSentOnceInEachResume() async throws {
        let wallet = try await filled(2)
        for _ in 0..<2 {
            origin.fail(.loseRequest)
            await #expect(throws: RedemptionError.self) {
                try await wallet.spend(session, for: challenge, at: origin.client())
            }
        }
        let stale = FakeOrigin.Fault.answer(status: 503, problem: "revocation-list-stale")
        origin.fail(stale, stale)
        #expect(
            try await outcomes(wallet.resume(at: origin.client())) == [
                .refused(.revocationListStale), .refused(.revocationListStale),
            ])
        #expect(await wallet.unanswered.count == 2)
        #expect(await wallet.resume(at: try origin.client()).count == 2)
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test func eachResumedTokenHasAResultThoughOneGetsNoAnswer() async throws {
        let wallet = try await filled(3)
        for purpose: UInt8 in 1...3 {
            origin.fail(.loseRequest)
            await #expect(throws: RedemptionError.self) {
                try await wallet.spend(session, for: challenge, at: origin.client(), purpose: [purpose])
            }
        }
        origin.fail(.loseAnswer, .answer(status: 409, problem: "already-spent"))
        let results = await wallet.resume(at: try origin.client())
        #expect(results.map(\.purpose) == [[1], [2], [3]])
        #expect(
            results.map { $0.result.map(\.outcome) } == [
                .failure(.unreachable(TransportFailure("Lost()"))), .success(.alreadySpent),
                .success(.spent(receipt: "a.b.c")),
            ])
        #expect(try await outcomes(wallet.resume(at: origin.client())) == [.replayed(receipt: "a.b.c")])
    }

    @Test(arguments: [
        (500, nil, .failed(status: 500)), (503, nil, .overloaded(retryAfter: nil)),
        (429, "slow-down", .overloaded(retryAfter: nil)), (404, "not-found", .failed(status: 404)),
        (200, nil, .badAnswer), (302, nil, .failed(status: 302)),
    ] as [(Int, String?, RedemptionError)])
    func whatSaysNothingOfTheTokenKeepsIt(status: Int, problem: String?, error: RedemptionError) async throws {
        let wallet = try await filled(1)
        origin.fail(.answer(status: status, problem: problem))
        await #expect(throws: error) { try await wallet.spend(session, for: challenge, at: origin.client()) }
        #expect(await wallet.unanswered.count == 1)
    }

    @Test func aTokenIsNotSentToAnotherOriginThanItWasTakenFor() async throws {
        let wallet = try await filled(1)
        let spending = try await wallet.take(session, for: challenge, at: ServerName("origin.example"))
        let other = try origin.client("https://other.example")
        do {
            _ = try await other.redeem(spending)
            Issue.record("it was sent")
        } catch {
            #expect(error == .wrongOrigin)
        }
        origin.state.withLock { #expect($0.targets.isEmpty) }
    }

    @Test func aReceiptIsNotLostWhereTheWalletCannotBeWrittenAnyMore() async throws {
        /// Fills the disk, so to speak, while the token is on its way.
        struct Filling: TokenTransport {
            let origin: FakeOrigin
            let obstacle: String

            func send(_ request: TransportRequest) async throws -> TransportResponse {
                try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
                return try await origin.send(request)
            }
        }
        let wallet = try await filled(1)
        let obstacle = directory.walletPath + ".new"
        let client = try OriginClient(
            url: ServerURL("https://origin.example"), transport: Filling(origin: origin, obstacle: obstacle))
        let result = try await wallet.spend(session, for: challenge, at: client, purpose: [7])
        #expect(result.outcome == .spent(receipt: "a.b.c") && result.purpose == [7] && !result.isSettled)
        #expect(await wallet.unanswered.count == 1)
        try FileManager.default.removeItem(atPath: obstacle)
        let again = await wallet.resume(at: try origin.client())
        #expect(try outcomes(again) == [.replayed(receipt: "a.b.c")])
        #expect(try again.map { try $0.result.get().isSettled } == [true])
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test func manyConcurrentSpendsUseATokenEach() async throws {
        let wallet = try await filled(32)
        let client = try origin.client()
        let outcomes = try await withThrowingTaskGroup(of: RedemptionOutcome.self) { group in
            for _ in 0..<32 { group.addTask { try await wallet.spend(session, for: challenge, at: client).outcome } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 32 && outcomes.allSatisfy { $0 == .spent(receipt: "a.b.c") })
        #expect(origin.state.withLock { $0.spent.count } == 32)
        #expect(await wallet.holdings.isEmpty)
    }

    private func outcomes(_ results: [Resumption]) throws -> [RedemptionOutcome] {
        try results.map { try $0.result.get().outcome }
    }

    private func filled(_ count: Int) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        try await add(count, to: wallet, from: issuer)
        return wallet
    }

    private func add(_ count: Int, to wallet: Wallet, from issuer: TestIssuer) async throws {
        try await wallet.fetch(
            count, of: session, for: challenge, from: FakeIssuer(issuer).client(), voucher: FakeIssuer.voucher)
    }
}
