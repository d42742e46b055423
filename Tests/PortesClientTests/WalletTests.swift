import Foundation
import LibSodium
import PrivacyPass
import Testing

@testable import PortesClient

struct WalletTests {
    let directory: TemporaryDirectory
    let challenge: TokenChallenge
    let origin: ServerName
    let session = Capability.session

    init() throws {
        directory = try TemporaryDirectory()
        challenge = try TestIssuer.challenge()
        origin = try ServerName("origin.example")
    }

    @Test func aTokenIsHandedOutOnceAndThenNoMore() async throws {
        let wallet = try await filled(3)
        var nonces: Set<Nonce> = []
        for _ in 0..<3 {
            let spending = try await wallet.take(session, for: challenge, at: origin)
            nonces.insert(spending.token.input.nonce)
            #expect(spending.binding.count == 32)
            try await spending.settle()
        }
        #expect(nonces.count == 3)
        await #expect(throws: WalletError.empty) { _ = try await wallet.take(session, for: challenge, at: origin) }
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test func manyCallersNeverGetOneTokenTwice() async throws {
        let wallet = try await filled(64)
        let nonces = try await withThrowingTaskGroup(of: Nonce.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try await wallet.take(session, for: challenge, at: origin).token.input.nonce
                }
            }
            return try await group.reduce(into: Set<Nonce>()) { $0.insert($1) }
        }
        #expect(nonces.count == 64)
    }

    @Test func aTokenWithoutAnAnswerComesBackWithTheSameBindingAndPurposeAfterARestart() async throws {
        let wallet = try await filled(2)
        let binding = Randomness.bytes(20)
        let nonce = try await wallet.take(
            session, for: challenge, at: origin, binding: binding, purpose: Array("seat 12".utf8)
        ).token.input.nonce
        await wallet.close()

        let reopened = try Wallet(path: directory.walletPath)
        #expect(await reopened.unanswered == [origin])
        guard let spending = await reopened.resume(at: try ServerName("ORIGIN.example")) else {
            Issue.record("nothing to resume")
            return
        }
        #expect(spending.token.input.nonce == nonce)
        #expect(spending.binding == binding)
        #expect(spending.purpose == Array("seat 12".utf8))
        try await spending.settle()
        let none = await reopened.resume(at: origin) == nil
        #expect(none)
        #expect(await reopened.holdings.map(\.count) == [1])
    }

    @Test func aTokenThatIsHeldIsNotResumedUntilItsHolderDropsIt() async throws {
        let wallet = try await filled(1)
        do {
            let held = try await wallet.take(session, for: challenge, at: origin)
            let isHeld = await wallet.resume(at: origin) == nil
            #expect(isHeld)
            _ = held.binding
        }
        let isFree = await wallet.resume(at: origin) != nil
        #expect(isFree)
        let elsewhere = await wallet.resume(at: try ServerName("other.example")) == nil
        #expect(elsewhere)
    }

    @Test func theOldestKeyIsSpentFirst() async throws {
        let (old, new) = (TestIssuer(), TestIssuer())
        let wallet = try await filled(1, from: old)
        try await add(2, to: wallet, from: new)
        try await add(1, to: wallet, from: old)
        var keys: [TokenKeyID] = []
        for _ in 0..<4 {
            keys.append(try await wallet.take(session, for: challenge, at: origin).token.input.keyID)
        }
        let (first, second) = (old.publicKey.id, new.publicKey.id)
        #expect(keys == [first, first, second, second])
    }

    @Test func capabilitiesChallengesAndOriginsAreKeptApart() async throws {
        let wallet = try await filled(1)
        await #expect(throws: WalletError.empty) {
            _ = try await wallet.take(Capability.play, for: challenge, at: origin)
        }
        await #expect(throws: WalletError.empty) {
            _ = try await wallet.take(session, for: TestIssuer.challenge(context: .zero), at: origin)
        }
        await #expect(throws: WalletError.wrongOrigin) {
            _ = try await wallet.take(session, for: challenge, at: ServerName("other.example"))
        }
        let spending = try await wallet.take(session, for: challenge, at: ServerName("ORIGIN.EXAMPLE"))
        #expect(spending.token.input.challengeDigest == challenge.digest)
    }

    @Test(arguments: [0, 15, 257]) func aBindingOfAnotherLengthIsRefusedAndCostsNoToken(count: Int) async throws {
        let wallet = try await filled(1)
        await #expect(throws: WalletError.wrongLength) {
            _ = try await wallet.take(
                session, for: challenge, at: origin, binding: [UInt8](repeating: 0, count: count))
        }
        #expect(await wallet.holdings.map(\.count) == [1])
    }

    @Test func aKeyThatEndedTakesItsUnspentTokensWithIt() async throws {
        let (old, new) = (TestIssuer(), TestIssuer())
        let wallet = try await filled(3, from: old)
        try await add(2, to: wallet, from: new)
        _ = try await wallet.take(session, for: challenge, at: origin).binding
        #expect(try await wallet.discard(old.publicKey.id) == 2)
        #expect(await wallet.unanswered == [origin])
        #expect(await wallet.holdings.map(\.count) == [2])
        #expect(try await wallet.discard(old.publicKey.id) == 0)
    }

    @Test func takingOneOfTenThousandTokensCostsLessThanLookingAtEach() async throws {
        let issuer = TestIssuer()
        // The wallet does not check authenticators; these only have the right shape.
        let tokens = try (0..<10_000).map { _ in
            try Token(
                input: AuthenticatorInput(
                    tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest,
                    keyID: issuer.publicKey.id),
                authenticator: Randomness.bytes(64))
        }
        var contents = WalletContents()
        contents.add(tokens, capability: session, challenge: challenge, tokenKey: issuer.publicKey)
        try directory.write(contents.encoded)
        let wallet = try Wallet(path: directory.walletPath)
        // Processor time of the thread, as the machine may be busy with other tests; the least of several, as its
        // caches may be too.
        var taking: [UInt64] = []
        for _ in 0..<20 {
            taking.append(
                try await wallet.processorNanoseconds { wallet in
                    _ = try wallet.take(session, for: challenge, at: origin).binding
                })
        }
        let touching = (0..<3).map { _ in processorNanoseconds { _ = tokens.map { try? Token(decoding: $0.encoded) } } }
        // Less than anything takes that looks at every token.
        let (one, all) = (try #require(taking.min()), try #require(touching.min()))
        print("taking one of 10,000 tokens: \(one / 1_000) µs; looking at each: \(all / 1_000) µs")
        #expect(one < all)
    }

    @Test func whatAWalletHoldsIsNotDescribed() async throws {
        let wallet = try await filled(2)
        let sent = try await wallet.take(session, for: challenge, at: origin, purpose: Array("seat".utf8))
        let pending = try Client.request(challenge: challenge, tokenKey: TestIssuer().publicKey, count: 1)
        var contents = await wallet.contents
        contents.requests = [
            try WalletContents.Request(capability: session, encoded: known(pending.encoded()).withUnsafeBytes { Array($0) })
        ]
        var dumped = "\(contents)\(contents.lots)\(contents.spendings)\(contents.requests)"
        dump(contents, to: &dumped)
        dump(contents.lots, to: &dumped)
        dump(contents.spendings, to: &dumped)
        dump(contents.requests, to: &dumped)
        // Bytes would show as numbers.
        #expect(!dumped.contains(", ") && !dumped.contains(/- [0-9]+\n/))
        #expect(!dumped.contains("example"))
        _ = sent.binding
    }

    private func filled(_ count: Int, from issuer: TestIssuer = TestIssuer()) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        try await add(count, to: wallet, from: issuer)
        return wallet
    }

    private func add(_ count: Int, to wallet: Wallet, from issuer: TestIssuer) async throws {
        let server = FakeIssuer(issuer)
        try await wallet.fetch(
            count, of: session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher)
        // The next server is another one of the same name.
        try await wallet.forgetKeyLog(of: challenge.issuerName)
    }
}

/// How long this thread computes in `body`, which neither other threads nor waiting for the disk change.
private func processorNanoseconds(_ body: () throws -> Void) rethrows -> UInt64 {
    func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
    let start = now()
    try body()
    return now() - start
}

extension Wallet {
    /// The same for what is done on the wallet's thread.
    fileprivate func processorNanoseconds(_ body: @Sendable (isolated Wallet) throws -> Void) throws -> UInt64 {
        try PortesClientTests.processorNanoseconds { try body(self) }
    }
}
