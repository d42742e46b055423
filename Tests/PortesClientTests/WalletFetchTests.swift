import Foundation
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Synchronization
import Testing

@testable import PortesClient

struct WalletFetchTests {
    let directory: TemporaryDirectory
    let issuer = TestIssuer()
    let server: FakeIssuer
    let challenge: TokenChallenge
    let session = Capability.session
    let voucher = FakeIssuer.voucher

    init() throws {
        directory = try TemporaryDirectory()
        server = FakeIssuer(issuer)
        challenge = try TestIssuer.challenge()
    }

    @Test func aLargeFetchIsSplitIntoRequestsOfAHundred() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        try await fetch(201, into: wallet)
        #expect(await wallet.holdings.map(\.count) == [201])
        #expect(charged == [100, 100, 1])
    }

    @Test func aLostAnswerIsFetchedAgainWithTheSameBytesAndChargedOnce() async throws {
        server.fail(.loseAnswer)
        do {
            let wallet = try Wallet(path: directory.walletPath)
            await #expect(throws: IssuanceError.unreachable(TransportFailure("Lost()"))) {
                try await fetch(10, into: wallet)
            }
            #expect(await wallet.holdings.isEmpty)
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        try await fetch(10, into: wallet)
        #expect(await wallet.holdings.map(\.count) == [10])
        #expect(charged == [10])
        server.state.withLock { #expect($0.bodies.count == 2 && $0.bodies[0] == $0.bodies[1]) }
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
    }

    @Test func aRequestThatNeverArrivedIsSentAgain() async throws {
        server.fail(.loseRequest)
        let wallet = try Wallet(path: directory.walletPath)
        await #expect(throws: IssuanceError.self) { try await fetch(1, into: wallet) }
        let result = try await fetch(3, into: wallet)
        #expect(result.requested == 2 && result.resumed == 1 && result.others == 0)
        #expect(await wallet.holdings.map(\.count) == [3])
        #expect(charged == [1, 2])
    }

    @Test func everythingIsRecordedBeforeItIsSent() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseRequest)
        await #expect(throws: IssuanceError.self) { try await fetch(2, into: wallet) }
        let recorded = try #require(try WalletContents(decoding: directory.bytes()).requests.first)
        let pending = try PendingTokens(restoring: SecretBytes(copying: recorded.encoded))
        let request = pending.request.encoded
        try await fetch(2, into: wallet)
        server.state.withLock { #expect($0.bodies == [request]) }
    }

    @Test func tokensOfAnotherKindAreFinishedButDoNotCount() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(4, into: wallet) }
        let other = try TestIssuer.challenge(origins: [])
        let result = try await wallet.fetch(2, of: session, for: other, from: server.client(), voucher: voucher)
        #expect(result.requested == 2 && result.resumed == 0 && result.others == 4)
        #expect(await wallet.holdings.map(\.count) == [4, 2])
    }

    @Test(arguments: [FakeIssuer.Fault.otherKey, .cutAnswer])
    func aBadAnswerBringsNoTokens(fault: FakeIssuer.Fault) async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(fault)
        await #expect(throws: fault.isCut ? IssuanceError.badAnswer : .invalidProof) {
            try await fetch(2, into: wallet)
        }
        #expect(await wallet.holdings.isEmpty)
        // It was charged, and the answer may have been damaged: the same request is sent again.
        #expect(try WalletContents(decoding: directory.bytes()).requests.count == 1)
        try await fetch(2, into: wallet)
        #expect(await wallet.holdings.map(\.count) == [2])
        #expect(charged == [2])
    }

    @Test func aRefusedRequestIsNotKept() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.state.withLock { $0.balance = 5 }
        await #expect(throws: IssuanceError.refused(.voucherExhausted)) { try await fetch(10, into: wallet) }
        for (other, refusal) in try [
            (Voucher.notNeeded, .voucherRequired), (#require(Voucher("vch_other")), .voucherUnknown),
        ] as [(Voucher, IssuanceError.Refusal)] {
            await #expect(throws: IssuanceError.refused(refusal)) {
                try await wallet.fetch(1, of: session, for: challenge, from: server.client(), voucher: other)
            }
        }
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
        try await fetch(5, into: wallet)
        #expect(charged == [5])
    }

    @Test func aRecordedRequestIsKeptWhileItMayHaveBeenCharged() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(2, into: wallet) }
        server.fail(.answer(status: 503, problem: nil, headers: [HeaderField("retry-after", "3")]))
        await #expect(throws: IssuanceError.overloaded(retryAfter: 3)) { try await fetch(2, into: wallet) }
        server.fail(.answer(status: 401, problem: "voucher-required"))
        await #expect(throws: IssuanceError.refused(.voucherMalformed)) { try await fetch(2, into: wallet) }
        // One request may fail for reasons of its own: the fetch goes on with a new one.
        server.fail(.answer(status: 500, problem: nil), .answer(status: 500, problem: nil))
        await #expect(throws: IssuanceError.failed(status: 500)) { try await fetch(2, into: wallet) }
        #expect(try WalletContents(decoding: directory.bytes()).requests.count == 2)
        try await fetch(2, into: wallet)
        #expect(await wallet.holdings.map(\.count) == [4])
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
    }

    /// How a request that was charged, but never answered, ends: by a revocation, or by the end of acceptance.
    @Test(arguments: [true, false])
    func aRecordedRequestIsDroppedOnceItsTokensWouldBeWorthNothing(isRevoked: Bool) async throws {
        let wallet = try await walletWithUnansweredRequest()
        if isRevoked {
            server.log.append(.revoked(issuer.publicKey.id, .keyCompromised))
        } else {
            #expect(try await fetch(1, into: wallet, now: 1159).abandoned == 0)
        }
        let result = try await fetch(1, into: wallet, now: isRevoked ? 1050 : 1160)
        #expect(result.abandoned == 2 && result.requested == 1)
        #expect(try unanswered() == 0)
        #expect(try await fetch(1, into: wallet, now: 1160).abandoned == 0)
    }

    @Test func whatWillNotComeIsToldThoughTheFetchFails() async throws {
        let wallet = try await walletWithUnansweredRequest()
        server.log.append(.revoked(issuer.publicKey.id, .keyCompromised))
        server.state.withLock { $0.keys = [] }
        await #expect(throws: IssuanceError.noKey) { try await fetch(1, into: wallet, now: 1050) }
        #expect(try unanswered() == 0)
        #expect(await wallet.takeAbandoned() == 2)
        #expect(await wallet.takeAbandoned() == 0)
    }

    /// A wallet with a request for two tokens, charged under a key that has stopped issuing.
    private func walletWithUnansweredRequest() async throws -> Wallet {
        let (wallet, next) = (try Wallet(path: directory.walletPath), TestIssuer())
        server.state.withLock { $0.isLogging = false }
        server.log.announce(issuer, from: 0, until: 1000)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(2, into: wallet, now: 900) }
        // It may answer what it was charged for until its acceptance is over, at 1100.
        server.log.announce(next, from: 1000, until: 2000)
        server.state.withLock { $0.keys = [(session, next)] }
        #expect(try await fetch(3, into: wallet, now: 1050).abandoned == 0)
        #expect(try unanswered() == 1)
        #expect(server.state.withLock { $0.bodies.count } == 3)
        return wallet
    }

    private func unanswered() throws -> Int { try WalletContents(decoding: directory.bytes()).requests.count }

    @Test func aKeyThatRotatedAwayIsLookedUpAgainOnce() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let client = try server.client()
        _ = try await client.directory()
        let next = TestIssuer()
        server.state.withLock { $0.issuing = [next] }
        await #expect(throws: IssuanceError.keyNotIssuing) {
            try await wallet.fetch(2, of: session, for: challenge, from: client, voucher: voucher)
        }
        // The directory catches up between the two looks.
        let rotating = Rotating(server) { $0.keys = [(Capability.session, next)] }
        let late = try server.client(rotating)
        try await wallet.fetch(2, of: session, for: challenge, from: late, voucher: voucher)
        #expect(await wallet.holdings.map(\.keyID) == [next.publicKey.id])
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
    }

    @Test func aRecordedRequestWhoseKeyIsGoneIsSentOnceAFetchUntilItsKeyIsDiscarded() async throws {
        let wallet = try await walletWithUnansweredRequest()
        // The key comes back, as after a mistake in the issuer's configuration.
        server.state.withLock { $0.issuing = [issuer] }
        try await fetch(2, into: wallet, now: 1050)
        #expect(await wallet.holdings.map(\.count) == [3, 2])
        #expect(charged == [2, 3])
    }

    @Test func aDiscardedKeyTakesItsRequestsWithIt() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(2, into: wallet) }
        #expect(try await wallet.discard(TestIssuer().publicKey.id) == 0)
        #expect(try WalletContents(decoding: directory.bytes()).requests.count == 1)
        #expect(try await wallet.discard(issuer.publicKey.id) == 0)
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
    }

    @Test func aRequestThatCannotBeRestoredIsReleased() async throws {
        let pending = try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: 1)
        var encoded = known(pending.encoded()).withUnsafeBytes { Array($0) }
        // No blind is zero.
        encoded.replaceSubrange((encoded.count - 32)..., with: [UInt8](repeating: 0, count: 32))
        var contents = WalletContents()
        contents.requests = [try WalletContents.Request(capability: session, encoded: encoded)]
        try directory.write(contents.encoded)
        let wallet = try Wallet(path: directory.walletPath)
        for _ in 0..<2 {
            await #expect(throws: WalletError.corrupt) { try await fetch(1, into: wallet) }
            #expect(await wallet.fetching.isEmpty)
        }
    }

    @Test func aChallengeOfAnotherIssuerIsNotFetchedFor() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let other = try TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("other.example"))
        await #expect(throws: IssuanceError.wrongIssuer) {
            try await wallet.fetch(1, of: session, for: other, from: server.client(), voucher: voucher)
        }
        server.state.withLock { #expect($0.targets.isEmpty) }
    }

    @Test func anIssuerThatCallsItselfOtherwiseIsSentNoRequest() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let other = try ServerName("other.example")
        server.state.withLock { $0.name = other }
        await #expect(throws: IssuanceError.otherName(other)) { try await fetch(1, into: wallet) }
        #expect(server.state.withLock { $0.bodies.isEmpty })
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["wallet.lock"])
        let name = try ServerName("ISSUER.example")
        server.state.withLock { $0.name = name }
        try await fetch(1, into: wallet)
        #expect(charged == [1])
    }

    @Test func fetchesAtTheSameTimeDoNotDisturbEachOther() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(7, into: wallet) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await fetch(7, into: wallet) } }
            try await group.waitForAll()
        }
        let held = await wallet.holdings.reduce(0) { $0 + $1.count }
        #expect(held == charged.reduce(0, +))
        #expect(held == 56)
        #expect(try WalletContents(decoding: directory.bytes()).requests.isEmpty)
    }

    private var charged: [Int] {
        server.state.withLock { state in
            state.charged.map { $0.count == 35 ? 1 : ($0.count - 4) / 32 }
        }
    }

    @discardableResult
    private func fetch(_ count: Int, into wallet: Wallet, now: Int64 = 1000) async throws -> FetchResult {
        try await wallet.fetch(count, of: session, for: challenge, from: server.client(now: now), voucher: voucher)
    }
}

extension FakeIssuer.Fault {
    fileprivate var isCut: Bool { if case .cutAnswer = self { true } else { false } }
}

/// Changes an issuer's state once it has refused a request.
private final class Rotating: TokenTransport {
    private let issuer: FakeIssuer
    private let change: @Sendable (inout FakeIssuer.State) -> Void

    init(_ issuer: FakeIssuer, _ change: @escaping @Sendable (inout FakeIssuer.State) -> Void) {
        self.issuer = issuer
        self.change = change
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await issuer.send(request)
        if response.status == 422 { issuer.state.withLock { change(&$0) } }
        return response
    }
}
