import Identity
import LibSodium
import PrivacyPass
import Recovery
import Synchronization
import Testing

@testable import PortesClient

/// Tokens that can be had again from the person's secret.
@Suite struct WalletRecoveryTests {
    private let directory: TemporaryDirectory
    private let issuer = TestIssuer()
    private let server: FakeIssuer
    private let challenge: TokenChallenge
    private let session = Capability.session
    private let secret = Randomness.bytes(32)

    init() throws {
        directory = try TemporaryDirectory()
        server = FakeIssuer(issuer)
        challenge = try TestIssuer.challenge()
    }

    private func key(_ bytes: [UInt8]? = nil) throws -> RecoveryKey {
        let identity = known(IdentitySecret(decoding: SecretBytes(copying: bytes ?? secret)))
        return known(RecoveryKey(identity, issuer: try ServerName("issuer.example")))
    }

    private func device(_ name: String) throws -> Wallet { try Wallet(path: directory.walletPath + name) }

    private func fetch(_ count: Int, into wallet: Wallet) async throws {
        try await wallet.fetch(
            count, of: session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher, recovery: key())
    }

    private func nonces(_ wallet: Wallet) async -> Set<Nonce> { Set(await wallet.contents.lots.flatMap(\.nonces)) }

    @Test func theIssuerKeepsTheRecordBeforeTheFirstRequestIsMade() async throws {
        let wallet = try device("1")
        try await fetch(10, into: wallet)
        try await fetch(10, into: wallet)
        let posts = server.state.withLock { $0.targets }.compactMap { $0.split(separator: "/").last }
            .filter { ["recovery-records", "token-request"].contains($0) }
        #expect(posts == ["recovery-records", "token-request", "token-request"])
        let other = try device("2")
        server.fail(.answer(status: 503, problem: nil))
        await #expect(throws: IssuanceError.overloaded(retryAfter: nil)) { try await fetch(10, into: other) }
        #expect(server.state.withLock { $0.charged.count } == 2)
        // The same salt is kept by the next attempt.
        let salt = await other.contents.series.first?.series.salt
        try await fetch(10, into: other)
        #expect(await other.contents.series.map(\.series.salt) == [salt])
    }

    @Test func everythingThatWasChargedComesBackAlsoWhatNeverArrived() async throws {
        let wallet = try device("1")
        for count in [10, 10, 3] { try await fetch(count, into: wallet) }
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(10, into: wallet) }
        let had = await nonces(wallet)
        let other = try device("2")
        let result = try await other.recover(with: key(), from: server.client())
        #expect(result.recovered == 33 && result.spent == 0 && result.present == 0)
        #expect(await nonces(other).isSuperset(of: had))
        #expect(await other.holdings.allSatisfy { $0.capability == session && $0.challenge == challenge })
        #expect(try await other.recover(with: key(), from: server.client()).present == 33)
        // The first device goes on, and its repeated request brings what the other has too: spent once, whoever is
        // first.
        try await fetch(10, into: wallet)
        #expect(await nonces(wallet) == nonces(other))
        #expect(server.state.withLock { $0.balance } == 1_000 - 33)
    }

    @Test func aNumberIsUsedAgainUntilItsRequestIsAnswered() async throws {
        let wallet = try device("1")
        server.fail(.loseRequest)
        await #expect(throws: IssuanceError.self) { try await fetch(5, into: wallet) }
        try await fetch(5, into: wallet)
        let series = try #require(await wallet.contents.series.first)
        #expect(series.next == 1 && series.open.isEmpty)
        // Refused, and so never answered: made again with the same bytes.
        server.fail(.answer(status: 403, problem: "voucher-exhausted"))
        await #expect(throws: IssuanceError.self) { try await fetch(5, into: wallet) }
        let refused = server.state.withLock { $0.bodies.last }
        #expect(await wallet.contents.series.first?.open.isEmpty == true)
        try await fetch(5, into: wallet)
        #expect(server.state.withLock { $0.bodies.last } == refused)
        #expect(await wallet.contents.series.first?.next == 2)
    }

    @Test func twoDevicesAndTwoChallengesShareNoNonceAndNoBlind() async throws {
        let (one, two) = (try device("1"), try device("2"))
        try await fetch(5, into: one)
        try await fetch(5, into: two)
        #expect(await nonces(one).isDisjoint(with: nonces(two)))
        let third = try device("3")
        #expect(try await third.recover(with: key(), from: server.client()).recovered == 10)
        #expect(await nonces(third) == nonces(one).union(nonces(two)))
    }

    @Test func whateverDiffersTheRequestIsAnotherAndElseTheSame() throws {
        let key = try key()
        let base = RequestSeries(capability: session, challenge: challenge, tokenKey: issuer.publicKey, batchSize: 2)
        func elements(_ number: UInt32, _ series: RequestSeries, _ key: RecoveryKey) throws -> [UInt8] {
            try key.request(number, of: series).request.encoded
        }
        let first = try elements(0, base, key)
        #expect(try elements(0, base, self.key()) == first)
        let elsewhere = try TestIssuer.challenge(origins: ["other.example"])
        let others = try [
            elements(1, base, key), elements(0, base, self.key(Randomness.bytes(32))),
            elements(0, RequestSeries(capability: session, challenge: challenge, tokenKey: issuer.publicKey, batchSize: 2), key),
            elements(
                0, RequestSeries(
                    capability: session, challenge: elsewhere, tokenKey: issuer.publicKey, salt: base.salt, batchSize: 2),
                key),
            elements(
                0, RequestSeries(
                    capability: session, challenge: challenge, tokenKey: TestIssuer().publicKey, salt: base.salt,
                    batchSize: 2), key),
            elements(
                0, RequestSeries(
                    capability: session, challenge: challenge, tokenKey: issuer.publicKey, salt: base.salt, batchSize: 3),
                key),
        ]
        #expect(Set(others + [first]).count == 7)
        // No element of one stands in another, wherever.
        let parts = ([first] + others).map { bytes in
            Set(stride(from: bytes.count % 32, to: bytes.count, by: 32).map { Array(bytes[$0..<$0 + 32]) })
        }
        #expect(parts.reduce(Set()) { $0.union($1) }.count == parts.reduce(0) { $0 + $1.count })
    }

    @Test func recordsOfOthersAndDamagedOnesAreLeftOut() async throws {
        let wallet = try device("1")
        try await fetch(5, into: wallet)
        server.state.withLock { state in
            let record = known(state.records.first)
            for change in 0..<record.sealed.count where change % 37 == 0 {
                var sealed = record.sealed
                sealed[change] ^= 1
                state.records.append(known(RecoveryRecord(lookup: record.lookup, keyID: record.keyID, sealed: sealed)))
            }
        }
        #expect(try await device("2").recover(with: key(), from: server.client()).recovered == 5)
        let stranger = try key(Randomness.bytes(32))
        #expect(try await device("3").recover(with: stranger, from: server.client()).recovered == 0)
    }

    @Test func recordsHaveOneSizeAndTellNobodyWhatTheyAreAbout() throws {
        let key = try key()
        let sizes = try [["a.example"], ["origin.example"], [String(repeating: "a", count: 200)], []].map { origins in
            let series = RequestSeries(
                capability: session, challenge: try TestIssuer.challenge(origins: origins), tokenKey: issuer.publicKey,
                batchSize: 7)
            let record = known(key.seal(series))
            #expect(key.open(record.sealed, under: issuer.publicKey) == series)
            #expect(key.open(record.sealed, under: TestIssuer().publicKey) == nil)
            return record.sealed.count
        }
        #expect(Set(sizes) == [488])
    }

    @Test func aSealedWalletOpensWithItsIdentityAlone() async throws {
        let identity = known(IdentitySecret(decoding: SecretBytes(copying: secret)))
        let path = directory.walletPath
        let plain = try Wallet(path: path)
        try await fetch(5, into: plain)
        await plain.close()
        // Sealed with the first change under the key.
        let wallet = try Wallet(path: path, key: WalletKey(identity))
        try await fetch(2, into: wallet)
        await wallet.close()
        #expect(throws: WalletError.sealed) { try Wallet(path: path) }
        #expect(throws: WalletError.sealed) { try Wallet(path: path, key: WalletKey(IdentitySecret())) }
        let again = try Wallet(path: path, key: WalletKey(identity))
        #expect(await again.holdings.map(\.count) == [7])
        await again.close()
        let bytes = try directory.bytes()
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[index] ^= 0x20
            #expect(throws: WalletError.self) {
                try WalletContents(decoding: damaged, openedWith: WalletKey(identity))
            }
        }
    }
}
