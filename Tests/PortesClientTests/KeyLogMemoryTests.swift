import KeyTransparency
import LibSodium
import PrivacyPass
import Synchronization
import TestSupport
import Testing
import VOPRF

@testable import PortesClient

/// What a client remembers of a log, and what it lets the log know of that.
struct KeyLogMemoryTests {
    let issuer = TestIssuer()
    let seed = Randomness.bytes(32)
    let witness = TestWitness()
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// An issuer whose log has this key and this witness, and `count` capabilities beside `session`.
    private func issuer(capabilities count: Int, witness: TestWitness? = nil) -> FakeIssuer {
        let server = FakeIssuer([(.session, issuer)], log: TestKeyLog(witness: witness ?? self.witness, seed: seed))
        server.state.withLock { $0.isLogging = false }
        server.log.announce(issuer)
        for index in 0..<count { server.log.announce(TestIssuer(), for: known(Capability("c\(index)"))) }
        return server
    }

    private func outcome(_ client: IssuerClient) async -> IssuanceError? {
        do {
            _ = try await client.currentKey(for: .session)
            return nil
        } catch {
            return error
        }
    }

    @Test func twoClientsThatShareAWitnessCatchASplitView() async throws {
        let (left, right) = (issuer(capabilities: 1), issuer(capabilities: 2))
        #expect(await outcome(try left.client()) == nil)
        // The witness saw the left side first, and cosigns no other history: the right side stays without.
        #expect(await outcome(try right.client()) == .keyLog(.tooFewWitnesses(found: 0, needed: 1, stale: 0)))
        #expect(await outcome(try left.client()) == nil)
    }

    @Test(arguments: [true, false]) func afterARestartAnEarlierLogIsARollbackAndAnotherAFork(inFile: Bool) async throws {
        let server = issuer(capabilities: 3)
        #expect(await restart(server, inFile: inFile) == nil)
        server.log.state.withLock { $0.shown = 6 }
        // A fresh witness: the one before would not cosign a shorter log.
        let shorter = issuer(capabilities: 0, witness: TestWitness())
        #expect(await restart(shorter, inFile: inFile) == .keyLog(.rollback(size: 2, seen: 8)))
        for count in [3, 4, 200] {
            let fork = issuer(capabilities: count, witness: TestWitness())
            #expect(await restart(fork, inFile: inFile) == .keyLog(.fork(seen: 8)), "\(count)")
        }
        server.log.state.withLock { $0.shown = nil }
        server.log.announce(TestIssuer(), for: .ticket)
        #expect(await restart(server, inFile: inFile) == nil)
        #expect(await restart(server, inFile: inFile) == nil)
    }

    /// A new client with what was kept in the file, or in the wallet.
    private func restart(_ server: FakeIssuer, inFile: Bool) async -> IssuanceError? {
        do {
            if inFile {
                let file = try KeyLogFile(path: directory.path + "/log")
                return await outcome(try server.client(store: file))
            }
            let wallet = try Wallet(path: directory.walletPath)
            let result: Result<Void, any Error>
            do {
                _ = try await wallet.currentKey(for: .session, from: server.client())
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await wallet.close()
            try result.get()
            return nil
        } catch {
            return error as? IssuanceError
        }
    }

    @Test func aRunningClientNoticesRollbackAndForkToo() async throws {
        let server = issuer(capabilities: 3)
        let switched = Switched(server)
        // Witnesses enough for each side to find one that it has not shown another.
        let others = [0, 3, 4, 200].map { issuer(capabilities: $0, witness: TestWitness("w\($0).example")) }
        let policy = try KeyLogPolicy(
            log: server.log.key.verifierKey, witnesses: ([server] + others).map(\.log.witness.key.verifierKey))
        let client = try server.client(switched, policy: policy)
        #expect(await outcome(client) == nil)
        for (index, other) in others.enumerated() {
            switched.server = other
            let refusal: KeyLogRefusal = index == 0 ? .rollback(size: 2, seen: 8) : .fork(seen: 8)
            #expect(await outcome(client) == .keyLog(refusal))
        }
        switched.server = server
        #expect(await outcome(client) == nil)
    }

    @Test func aLogThatWasCaughtCannotTakeItBack() async throws {
        let server = issuer(capabilities: 0)
        server.log.announce(TestIssuer())
        let broken = IssuanceError.keyLog(.ruleBroken(.windowsOverlap, entry: 2))
        let client = try server.client()
        #expect(await outcome(client) == broken)
        #expect(await outcome(client) == broken)
        #expect(await restart(server, inFile: true) == broken)
        let clean = issuer(capabilities: 0, witness: TestWitness())
        #expect(await restart(clean, inFile: true) == .keyLog(.rollback(size: 2, seen: 3)))
        clean.log.announce(TestIssuer(), for: .play)
        #expect(await restart(clean, inFile: true) == .keyLog(.fork(seen: 3)))
    }

    @Test func whatIsKeptIsReadOnlyAsItWasWritten() throws {
        let head = TreeHead(size: 258, root: MerkleHash.leaf([1]))
        let kept = KeptKeyLog(log: TestKeyLog().key, head: head)
        let mistakes = Damage.mistakes(with: kept.encoded) { bytes in
            guard let kept = KeptKeyLog(decoding: bytes) else { throw WalletError.corrupt }
            return kept
        } encode: { $0.encoded }
        #expect(mistakes.isEmpty)
    }

    @Test func aDamagedStoreIsToldAndLeftAsItIs() async throws {
        let server = issuer(capabilities: 0)
        #expect(await restart(server, inFile: true) == nil)
        var bytes = try directory.bytes("log")
        bytes[40] ^= 1
        try directory.write(bytes, to: "log")
        #expect(await restart(server, inFile: true) == .keyLog(.damagedStore))
        #expect(try directory.bytes("log") == bytes)
        let failing = FailingStore()
        let refused = await outcome(try server.client(store: failing))
        #expect(refused == .keyLog(.storeFailed(TransportFailure("fileSystem(code: 28)"))))
    }

    @Test func aFullDiskUnderTheWalletIsTheWalletsError() async throws {
        let server = FakeIssuer(issuer)
        let wallet = try Wallet(path: directory.walletPath)
        try directory.obstruct()
        await #expect(throws: WalletError.self) {
            try await wallet.fetch(
                1, of: .session, for: TestIssuer.challenge(), from: server.client(), voucher: FakeIssuer.voucher)
        }
        #expect(server.state.withLock { $0.bodies.isEmpty })
    }

    // MARK: What the log learns

    @Test func aThousandClientsSendTheSameAndGetTheSame() async throws {
        let server = issuer(capabilities: 5)
        var seen: Set<[String]> = []
        var answers: Set<[[UInt8]]> = []
        for index in 0..<1000 {
            let recorder = Recorder(server)
            let store = index % 3 == 0 ? nil : MemoryStore()
            // Some have been here before, when the log was shorter.
            if index % 3 == 2 {
                server.log.state.withLock { $0.shown = 2 }
                _ = try await store?.save(
                    KeptKeyLog(log: server.log.key, head: server.log.head(2 + 2 * (index % 5))).encoded)
                server.log.state.withLock { $0.shown = nil }
            }
            let client = try server.client(recorder, store: store, now: 1000 + Int64(index % 40))
            #expect(await outcome(client) == nil)
            seen.insert(recorder.requests)
            answers.insert(recorder.answers)
        }
        #expect(seen.count == 1 && answers.count == 1)
    }

    @Test func theCheckpointIsAskedForWithoutAWordOfWhatWasSeen() async throws {
        let server = issuer(capabilities: 0)
        let recorder = Recorder(server)
        let old = try server.client(recorder)
        #expect(await outcome(old) == nil)
        server.log.announce(TestIssuer(), for: .play)
        let first = recorder.requests.count
        #expect(await outcome(old) == nil)
        let fresh = Recorder(server)
        #expect(await outcome(try server.client(fresh)) == nil)
        // The bundle at the right edge is taken whole, so even what is new does not tell.
        #expect(Array(recorder.requests[first...]) == fresh.requests)
    }
}

/// Something that is counted.
final class Counter: Sendable {
    private let count = Mutex(0)
    /// How often this was called before.
    func next() -> Int { count.withLock { $0 += 1; return $0 - 1 } }
}

private struct FailingStore: KeyLogStore {
    func load() async throws -> [UInt8]? { nil }
    func save(_ bytes: [UInt8]) async throws { throw WalletError.fileSystem(code: 28) }
}

private final class MemoryStore: KeyLogStore {
    private let bytes = Mutex<[UInt8]?>(nil)
    func load() async throws -> [UInt8]? { bytes.withLock { $0 } }
    func save(_ new: [UInt8]) async throws { bytes.withLock { $0 = new } }
}

/// Keeps what is sent and what comes back, word for word.
private final class Recorder: TokenTransport {
    private let server: FakeIssuer
    private let record = Mutex<[(request: String, answer: [UInt8])]>([])

    init(_ server: FakeIssuer) { self.server = server }

    var requests: [String] { record.withLock { $0.map(\.request) } }
    var answers: [[UInt8]] { record.withLock { $0.map(\.answer) } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await server.send(request)
        let fields = request.headers.map { "\($0.name): \($0.value)" }
        let text = ([request.method.rawValue, request.url] + fields).joined(separator: "\n")
        record.withLock { $0.append((text, response.headers.flatMap { Array($0.value.utf8) } + response.body)) }
        return response
    }
}

/// Another server at each time.
private final class Switched: TokenTransport {
    private let current: Mutex<FakeIssuer>

    init(_ server: FakeIssuer) { current = Mutex(server) }

    var server: FakeIssuer {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse { try await server.send(request) }
}
