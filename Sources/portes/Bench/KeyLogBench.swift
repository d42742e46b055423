import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PrivacyPass
import Synchronization
import VOPRF

/// What a fetch spends on the key log once that was replayed: with nothing new in it, and with three new entries.
///
/// The log has a thousand keys, as one capability has in twenty years of weekly ones, and one witness. Without HTTP;
/// what is given as a token is one look.
struct KeyLogBench {
    let rounds: Int

    func run() async throws -> [BenchResult] {
        let log = try BenchLog(keyCount: 1_000)
        let reader = KeyLogReader(
            KeyLogSource(prefix: "", transport: log), policy: try log.policy(), isOnThisMachine: false)
        let now = BenchLog.now
        _ = try await reader.history(at: now)
        var calls = BareCalls(messageCount: 200)
        calls.sign()
        return [
            try await .measure("log-unchanged", count: 1, rounds: rounds) {
                _ = try await reader.history(at: now)
            } floor: {
                BenchFloor.log(&calls)
            },
            try await .measure("log-3-entries", count: 1, rounds: rounds, preparation: { try log.append() }) {
                _ = try await reader.history(at: now)
            } floor: {
                BenchFloor.log(&calls)
            },
        ]
    }
}

/// A log in memory, with files that are ready to be sent.
private final class BenchLog: TokenTransport {
    static let now = UnixTime(seconds: 1_800_000_000)

    private struct State {
        var entries: [[UInt8]] = []
        var frontier = TreeFrontier()
        var keys: [KeyRecord] = []
        var files: [String: [UInt8]] = [:]
    }

    private let signer: NoteSigner
    private let witness: NoteSigner
    private let terms: RotationTerms
    private let state = Mutex(State())

    init(keyCount: Int) throws {
        guard let name = NoteKeyName("issuer.example/log"), let other = NoteKeyName("witness.example"),
            let capability = Capability("session"),
            let terms = RotationTerms(
                capability: capability, tokenType: .voprfRistretto255, epoch: 100, acceptance: 50, announcement: 20)
        else { throw CommandFailure("no log") }
        signer = NoteSigner(name: name, key: Ed25519.PrivateKey())
        witness = NoteSigner(name: other, key: Ed25519.PrivateKey())
        self.terms = terms
        try state.withLock { state in
            while state.keys.count < keyCount { try add(&state) }
            sign(&state)
        }
    }

    func policy() throws -> KeyLogPolicy {
        try KeyLogPolicy(
            log: signer.verificationKey(.ed25519).verifierKey,
            witnesses: [witness.verificationKey(.cosignature).verifierKey])
    }

    /// Three entries for the next key.
    func append() throws {
        try state.withLock { state in
            try add(&state)
            sign(&state)
        }
    }

    /// Terms, the next key, and the end of the last but one.
    private func add(_ state: inout State) throws {
        let index = state.keys.count
        let start = UnixTime(seconds: 100 * Int64(index))
        let time = start.adding(seconds: -20)
        let dates = KeyDates(from: start, terms: terms)
        let record = try KeyRecord(
            capability: terms.capability, tokenType: terms.tokenType,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: dates.notBefore,
            issueUntil: dates.issueUntil, acceptUntil: dates.acceptUntil)
        state.keys.append(record)
        var events: [KeyEvent] = [.terms(terms), .announced(record)]
        if index >= 2 { events.append(.ended(state.keys[index - 2].id, issued: 1_000_000)) }
        for event in events {
            let entry = LogEntry(time: time, event: event).encoded
            state.entries.append(entry)
            state.frontier.append(MerkleHash.leaf(entry)) { _, _, _ in }
        }
    }

    private func sign(_ state: inout State) {
        let checkpoint = Checkpoint(origin: signer.name, head: state.frontier.head)
        var note = checkpoint.signed(by: signer)
        note.add(witness.cosignature(for: checkpoint, at: Self.now))
        state.files["checkpoint"] = note.encoded
        let size = UInt64(state.entries.count)
        // The bundles that an append may have changed; at first all.
        let first = state.files.count == 1 ? 0 : max(0, Int(size) / Tile.fullWidth - 1)
        for index in first...Int(size) / Tile.fullWidth {
            let width = Tile.width(.entries, index: UInt64(index), size: size)
            guard width > 0, let tile = Tile(.entries, index: UInt64(index), width: width) else { continue }
            let start = index * Tile.fullWidth
            state.files[tile.path] = EntryBundle.encode(Array(state.entries[start..<start + width]))
        }
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let body = state.withLock { $0.files[request.url] }
        return TransportResponse(status: body == nil ? 404 : 200, headers: [], body: body ?? [])
    }
}
