import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Synchronization
import Testing
import VOPRF

@testable import PortesClient

/// What a client does before it blinds anything: one test for the good path and one for each refusal.
struct KeyLogTests {
    let issuer = TestIssuer()
    let directory: TemporaryDirectory
    let server: FakeIssuer

    init() throws {
        directory = try TemporaryDirectory()
        server = FakeIssuer(issuer)
    }

    private var log: TestKeyLog { server.log }

    /// What a fetch throws; nothing may have been sent for tokens by then.
    private func refusal(
        _ client: IssuerClient? = nil, now: Int64 = 1000
    ) async throws -> KeyLogRefusal? {
        let client = try client ?? server.client(now: now)
        let wallet = try Wallet(path: directory.walletPath)
        let (sent, held) = (server.state.withLock { $0.bodies.count }, await wallet.holdings)
        var refusal: KeyLogRefusal?
        do {
            try await wallet.fetch(
                2, of: .session, for: TestIssuer.challenge(), from: client, voucher: FakeIssuer.voucher)
        } catch IssuanceError.keyLog(let found) {
            refusal = found
            #expect(server.state.withLock { $0.bodies.count } == sent, "a request was sent")
            #expect(await wallet.holdings == held)
        }
        await wallet.close()
        return refusal
    }

    @Test func theKeyThatIssuesByTheLogIsUsed() async throws {
        #expect(try await refusal() == nil)
        #expect(server.state.withLock { $0.charged.count } == 1)
    }

    @Test func theLogIsReadOnceAndThenOnlyWhatIsNew() async throws {
        let client = try server.client()
        _ = try await client.currentKey(for: .session)
        _ = try await client.currentKey(for: .session)
        func paths() -> [String] {
            log.state.withLock { $0.requests.map { String($0.url.split(separator: "/log/")[1]) } }
        }
        #expect(paths() == ["checkpoint", "tile/entries/000.p/2", "checkpoint"])
        server.state.withLock { $0.keys.append((Capability.play, TestIssuer())) }
        _ = try await client.currentKey(for: .play)
        #expect(paths().suffix(2) == ["checkpoint", "tile/entries/000.p/4"])
    }

    @Test func aLogOfManyBundlesIsReplayedAndFollowed() async throws {
        _ = try await server.client().currentKey(for: .session)
        for index in 0..<300 { log.announce(TestIssuer(), from: 1_000_000 * Int64(index + 1)) }
        // Three keys may be live at once, so the rules refuse the fourth.
        #expect(try await refusal() == .ruleBroken(.tooManyKeys, entry: 4))
        let other = FakeIssuer(issuer)
        for index in 0..<600 { other.log.announce(TestIssuer(), for: known(Capability("c\(index)"))) }
        let client = try other.client()
        #expect(try await client.currentKey(for: .session) == issuer.publicKey)
        let bundles = other.log.state.withLock { $0.requests.dropFirst().map { String($0.url.suffix(8)) } }
        #expect(bundles == ["ries/000", "ries/001", "ries/002", "ries/003", "04.p/178"])
    }

    // MARK: Whom to believe

    @Test func withoutTheLogsKeyNothingIsBelieved() async throws {
        let policy = try KeyLogPolicy(log: nil, witnesses: [log.witness.key.verifierKey])
        #expect(try await refusal(server.client(policy: policy)) == .logKeyNotGiven)
        // Once the wallet has seen the log, its key need not be given again.
        #expect(try await refusal() == nil)
        #expect(try await refusal(server.client(policy: policy)) == nil)
    }

    @Test func anIssuerElsewhereNeedsAWitness() async throws {
        #expect(try await refusal(server.client(policy: .development)) == .witnessesNotGiven)
        let policy = try KeyLogPolicy(log: log.key.verifierKey, witnesses: [log.witness.key.verifierKey], threshold: 0)
        #expect(try await refusal(server.client(policy: policy)) == .witnessesNotGiven)
        #expect(log.state.withLock { $0.requests.isEmpty })
    }

    @Test func anIssuerOnThisMachineNeedsNothing() async throws {
        log.state.withLock { $0.isDevelopment = true; $0.isUnwitnessed = true }
        let name = try ServerName("issuer.example")
        func client() throws -> IssuerClient {
            try IssuerClient(url: ServerURL("http://127.0.0.1:8080"), name: name, transport: server, now: { 1000 })
        }
        #expect(try await refusal(client()) == nil)
        // The key that it took first is kept.
        let other = FakeIssuer(issuer)
        let elsewhere = try IssuerClient(
            url: ServerURL("http://127.0.0.1:8080"), name: name, transport: other, now: { 1000 })
        #expect(try await refusal(elsewhere) == .badSignature)
    }

    @Test func aLogOfDevelopmentIsForTheSameMachine() async throws {
        log.state.withLock { $0.isDevelopment = true }
        #expect(try await refusal() == .developmentLog)
    }

    @Test func anotherKeyThanTheOneKeptIsRefusedUntilItIsForgotten() async throws {
        #expect(try await refusal() == nil)
        let other = FakeIssuer(issuer)
        #expect(try await refusal(other.client()) == .otherLogKey)
        let wallet = try Wallet(path: directory.walletPath)
        try await wallet.forgetKeyLog(of: ServerName("ISSUER.example"))
        await wallet.close()
        #expect(try await refusal(other.client()) == nil)
    }

    @Test func whatIsNoPolicyIsRefused() throws {
        let (key, witness) = (log.key.verifierKey, log.witness.key.verifierKey)
        typealias PolicyError = KeyLogPolicy.PolicyError
        #expect(throws: PolicyError.malformedLogKey) { try KeyLogPolicy(log: "x", witnesses: []) }
        #expect(throws: PolicyError.malformedLogKey) { try KeyLogPolicy(log: witness, witnesses: []) }
        #expect(throws: PolicyError.malformedWitness(1)) { try KeyLogPolicy(log: key, witnesses: [witness, key]) }
        #expect(throws: PolicyError.threshold) { try KeyLogPolicy(log: key, witnesses: [witness], threshold: 2) }
        #expect(throws: PolicyError.threshold) { try KeyLogPolicy(log: key, witnesses: [witness, witness]) }
        #expect(throws: PolicyError.threshold) { try KeyLogPolicy(log: key, witnesses: [], threshold: -1) }
        #expect(try KeyLogPolicy(log: key, witnesses: [witness]).witnesses.threshold == 1)
    }

    // MARK: The checkpoint

    @Test func aCheckpointOfAnotherKeyIsRefused() async throws {
        let policy = try KeyLogPolicy(
            log: TestKeyLog().key.verifierKey, witnesses: [log.witness.key.verifierKey])
        #expect(try await refusal(server.client(policy: policy)) == .badSignature)
    }

    @Test func aCheckpointWithoutARecentCosignatureIsRefused() async throws {
        log.state.withLock { $0.isUnwitnessed = true }
        #expect(try await refusal() == .tooFewWitnesses(found: 0, needed: 1, stale: 0))
        log.state.withLock { $0.isUnwitnessed = false }
        #expect(try await refusal(now: 1000 + 86_401) == .tooFewWitnesses(found: 0, needed: 1, stale: 1))
        #expect(try await refusal(now: 1000 + 86_400) == nil)
    }

    @Test func aLogThatIsAwayOrNotServedIsToldApart() async throws {
        log.state.withLock { $0.isDown = true }
        #expect(try await refusal() == .unreachable(TransportFailure("Down()")))
        log.state.withLock { $0.isDown = false }
        for path in ["checkpoint", "tile/entries/000.p/2"] {
            replace(path, status: 404, [])
            let expected = path == "checkpoint" ? path : "tile/entries/000"
            #expect(try await refusal() == .notServed(path: expected, status: 404))
            replace(path, [1, 2, 3])
            #expect(try await refusal() == .malformed(path: path))
            replace(path, [UInt8](repeating: 0x61, count: 1 << 20))
            #expect(try await refusal() == .malformed(path: path))
            log.state.withLock { $0.replaced = [:] }
        }
        // Two entries, but longer than any: a transport of an app's own may not keep to the limit.
        let long = [UInt8](repeating: 0x61, count: 60_000)
        replace("tile/entries/000.p/2", try #require(EntryBundle.encode([long, long])))
        #expect(try await refusal() == .malformed(path: "tile/entries/000.p/2"))
        let limits = log.state.withLock { $0.requests.map(\.maximumResponseCount) }
        #expect(limits.allSatisfy { $0 <= 256 * (2 + LogEntry.maximumCount) })
    }

    @Test func aLogOfAbsurdSizeIsRefusedBeforeItIsRead() async throws {
        let seed = Randomness.bytes(32)
        guard let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed)) else { return }
        let signer = NoteSigner(name: known(NoteKeyName("issuer.example/log")), key: key)
        let huge = FakeIssuer([(Capability.session, issuer)], log: TestKeyLog(seed: seed))
        for size in [KeyLogReader.maximumSize + 1, TreeHead.maximumSize] {
            let checkpoint = Checkpoint(origin: signer.name, head: TreeHead(size: size, root: MerkleHash.leaf([1])))
            var note = checkpoint.signed(by: signer)
            let witness = NoteSigner(name: known(NoteKeyName("w.example")), key: Ed25519.PrivateKey())
            note.add(witness.cosignature(for: checkpoint, at: UnixTime(seconds: 1000)))
            huge.log.state.withLock {
                $0.replaced["checkpoint"] = TransportResponse(status: 200, headers: [], body: note.encoded)
            }
            let policy = try KeyLogPolicy(
                log: huge.log.key.verifierKey, witnesses: [witness.verificationKey(.cosignature).verifierKey])
            #expect(try await refusal(huge.client(policy: policy)) == .tooLarge(size: size))
        }
        #expect(huge.log.state.withLock { $0.requests.allSatisfy { $0.url.hasSuffix("/log/checkpoint") } })
    }

    // MARK: The entries

    @Test func entriesThatTheCheckpointDoesNotSignAreRefused() async throws {
        _ = try await server.client().currentKey(for: .session)
        let entries = log.state.withLock { $0.entries }
        let copies = [
            [entries[1], entries[0]], [entries[0], entries[0]], [entries[0], Array(entries[1].dropLast())],
            [entries[0], entries[1] + [0x20]],
        ]
        for copy in copies {
            replace("tile/entries/000.p/2", try #require(EntryBundle.encode(copy)))
            #expect(try await refusal() == .entriesDoNotFit)
        }
    }

    @Test func anEntryThatCannotBeReadIsNamed() async throws {
        _ = try await server.client().currentKey(for: .session)
        log.state.withLock { $0.entries.append([1, 2, 3]) }
        #expect(try await refusal() == .malformedEntry(2))
    }

    @Test func aLoggedSecondIssuingKeyIsRefusedWhicheverIsOffered() async throws {
        let second = TestIssuer()
        _ = try await server.client().currentKey(for: .session)
        log.announce(second)
        #expect(try await refusal() == .ruleBroken(.windowsOverlap, entry: 2))
        server.state.withLock { state in
            state.isLogging = false
            state.keys = [(Capability.session, second)]
        }
        #expect(try await refusal() == .ruleBroken(.windowsOverlap, entry: 2))
    }

    // MARK: The key

    @Test func aKeyThatIsNotLoggedIsRefused() async throws {
        _ = try await server.client().currentKey(for: .session)
        server.state.withLock { state in
            state.isLogging = false
            state.keys = [(Capability.session, TestIssuer()), (Capability.session, issuer)]
        }
        #expect(try await refusal() == .keyNotInLog)
    }

    @Test func aLoggedKeyOfAnotherCapabilityIsRefused() async throws {
        let play = TestIssuer()
        server.state.withLock { $0.keys.append((Capability.play, play)) }
        _ = try await server.client().currentKey(for: .play)
        server.state.withLock { state in
            state.isLogging = false
            state.keys = [(Capability.session, play)]
        }
        #expect(try await refusal() == .notTheIssuingKey)
    }

    @Test func aRevokedKeyIsRefused() async throws {
        _ = try await server.client().currentKey(for: .session)
        log.append(.revoked(issuer.publicKey.id, .keyCompromised))
        #expect(try await refusal() == .notTheIssuingKey)
    }

    @Test func aRevokedCapabilityIsToldWhetherItsKeyIsListedOrNot() async throws {
        _ = try await server.client().currentKey(for: .session)
        log.append(.capabilityRevoked(.session, from: UnixTime(seconds: 2000), .withdrawn))
        // The clock may be ahead of the issuer's, which lists the key until the day begins.
        #expect(try await refusal(now: 2059) == nil)
        #expect(try await refusal(now: 2060) == .notTheIssuingKey)
        server.state.withLock { $0.keys = [] }
        await #expect(throws: IssuanceError.noKey) { try await server.client(now: 1999).currentKey(for: .session) }
        await #expect(throws: IssuanceError.refused(.capabilityRevoked)) {
            try await server.client(now: 2000).currentKey(for: .session)
        }
        await #expect(throws: IssuanceError.noKey) { try await server.client(now: 2000).currentKey(for: .play) }
    }

    /// By the log the key issues from 2000 until 3000; the directory says nothing of dates.
    @Test(arguments: [(1939, false), (1940, true), (2500, true), (3059, true), (3060, false)])
    func aClockMayBeAMinuteOffAndNoMore(now: Int64, isAllowed: Bool) async throws {
        server.state.withLock { $0.isLogging = false }
        log.announce(issuer, from: 2000, until: 3000)
        #expect(try await refusal(now: now) == (isAllowed ? nil : .notTheIssuingKey))
    }

    @Test func manyKeysWithinTwoMinutesAreRefused() async throws {
        server.state.withLock { $0.isLogging = false }
        log.append(.terms(try #require(RotationTerms(
            capability: .session, tokenType: .voprfRistretto255, epoch: 30, acceptance: 0, announcement: 0))))
        for start in [940, 970, 1000] as [Int64] {
            let key = start == 940 ? issuer : TestIssuer()
            log.append(.announced(TestKeyLog.record(key, .session, start, start + 30)))
        }
        #expect(try await refusal(now: 990) == .tooManyIssuingKeys)
        #expect(try await refusal(now: 910) == nil)
    }

    @Test func aChallengesKeyMustBeTheOneThatIssues() async throws {
        let (old, next) = (TestIssuer(), TestIssuer())
        server.state.withLock { $0.isLogging = false }
        log.announce(old, from: 0, until: 1000)
        log.announce(issuer, from: 1000, until: 2000)
        log.announce(next, from: 2000, until: 3000)
        server.state.withLock { $0.keys = [issuer, next, old].map { (Capability.session, $0) } }
        func capability(_ key: TestIssuer) async throws -> Capability? {
            try await server.client(now: 1500).capability(of: PrivateTokenChallenge(
                challenge: TestIssuer.challenge(), tokenKey: key.publicKey.encoded))
        }
        #expect(try await capability(issuer) == .session)
        for key in [old, next] {
            await #expect(throws: IssuanceError.keyLog(.notTheIssuingKey)) { try await capability(key) }
        }
    }

    @Test func aDirectoryThatIsBehindTheLogIsReadOnceMore() async throws {
        let next = TestIssuer()
        _ = try await server.client().currentKey(for: .session)
        let behind = Behind(server, issuer)
        server.state.withLock { $0.keys = [(Capability.session, next)] }
        #expect(try await server.client(behind).currentKey(for: .session) == next.publicKey)
    }

    private func replace(_ path: String, status: Int = 200, _ body: [UInt8]) {
        log.state.withLock { $0.replaced[path] = TransportResponse(status: status, headers: [], body: body) }
    }
}

/// Serves the directory of an earlier key once.
private final class Behind: TokenTransport {
    private let server: FakeIssuer
    private let old: IssuerDirectory
    private let count = Counter()

    init(_ server: FakeIssuer, _ key: TestIssuer) {
        self.server = server
        old = IssuerDirectory(
            issuerRequestURI: "/token-request",
            tokenKeys: [
                .init(
                    tokenType: .voprfRistretto255, tokenKey: key.publicKey.encoded, capability: .session)
            ])
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.url.hasSuffix(IssuerDirectory.path), count.next() == 0 else {
            return try await server.send(request)
        }
        return TransportResponse(status: 200, headers: [], body: old.encoded)
    }
}
