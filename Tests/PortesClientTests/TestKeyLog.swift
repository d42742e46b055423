import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PrivacyPass
import Synchronization
import VOPRF

/// A signer of notes with a random key.
func signer(_ name: String) -> NoteSigner { NoteSigner(name: known(NoteKeyName(name)), key: Ed25519.PrivateKey()) }

/// A witness that cosigns by the rules, for as long as it is not told to be away.
final class TestWitness: Sendable {
    private let signer: NoteSigner
    private let last = Mutex<[NoteVerificationKey: TreeHead]>([:])

    init(_ name: String = "witness.example") { signer = PortesClientTests.signer(name) }

    var key: NoteVerificationKey { signer.verificationKey(.cosignature) }

    /// Its cosignature on a log's checkpoint, if that extends the one before.
    func cosignature(
        for note: SignedNote, of log: NoteVerificationKey, tiles: TileSet, at time: UnixTime
    ) -> NoteSignature? {
        last.withLock { last in
            let old = last[log]?.size ?? 0
            guard let checkpoint = try? Checkpoint(verifying: note, key: log) else { return nil }
            let proof = (try? tiles.consistencyProof(from: old, to: checkpoint.head.size)) ?? []
            let request = AddCheckpointRequest(oldSize: old, proof: proof, checkpoint: note)
            guard case .cosign(let seen) = WitnessDecision(request, log: log, last: last[log]) else { return nil }
            last[log] = seen.head
            return signer.cosignature(for: seen, at: time)
        }
    }
}

/// A key log in memory, served as static files; it logs what it is told to, whether the rules allow it or not.
final class TestKeyLog: Sendable {
    struct State {
        var entries: [[UInt8]] = []
        var terms: Set<Capability> = []
        var time = UnixTime(seconds: 0)
        /// The part that is shown.
        var shown: Int?
        var cosigningTime = UnixTime(seconds: 1000)
        /// Whether the witness is away.
        var isUnwitnessed = false
        /// What is served in place of a file.
        var replaced: [String: TransportResponse] = [:]
        var isDown = false
        var isDevelopment = false
        var requests: [TransportRequest] = []
    }

    struct Down: Error {}

    let state = Mutex(State())
    let witness: TestWitness
    private let signer: NoteSigner

    /// A log; one with the key and the witness of another is the other side of a split view.
    init(witness: TestWitness = TestWitness(), seed: [UInt8] = Randomness.bytes(32)) {
        self.witness = witness
        guard let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed)) else {
            preconditionFailure("32 bytes are a seed")
        }
        signer = NoteSigner(name: known(NoteKeyName("issuer.example/log")), key: key)
    }

    var key: NoteVerificationKey { signer.verificationKey(.ed25519) }

    func policy() throws -> KeyLogPolicy {
        try KeyLogPolicy(log: key.verifierKey, witnesses: [witness.key.verifierKey])
    }

    func append(_ event: KeyEvent) {
        state.withLock { $0.entries.append(LogEntry(time: $0.time, event: event).encoded) }
    }

    /// Announces a key, after terms if there are none: by them epochs of 1,000 s, acceptance of 100 s, and no
    /// announcement ahead.
    func announce(
        _ issuer: TestIssuer, for capability: Capability = .session, from notBefore: Int64 = 0,
        until issueUntil: Int64? = nil
    ) {
        let isNew = state.withLock { $0.terms.insert(capability).inserted }
        if isNew {
            append(.terms(known(RotationTerms(
                capability: capability, tokenType: issuer.publicKey.tokenType, epoch: 1_000, acceptance: 100,
                announcement: 0, isDevelopment: state.withLock { $0.isDevelopment }))))
        }
        append(.announced(Self.record(issuer, capability, notBefore, issueUntil ?? notBefore + 1_000_000)))
    }

    static func record(
        _ issuer: TestIssuer, _ capability: Capability, _ notBefore: Int64, _ issueUntil: Int64
    ) -> KeyRecord {
        known(try? KeyRecord(
            capability: capability, tokenType: issuer.publicKey.tokenType, publicKey: issuer.publicKey.encoded,
            notBefore: UnixTime(seconds: notBefore), issueUntil: UnixTime(seconds: issueUntil),
            acceptUntil: UnixTime(seconds: issueUntil + 100)))
    }

    /// The file that a request asks for; `nil` if it is no file of a log.
    func answer(_ request: TransportRequest) throws -> TransportResponse? {
        guard let range = request.url.firstRange(of: "/log/") else { return nil }
        let path = String(request.url[range.upperBound...])
        return try state.withLock { state in
            state.requests.append(request)
            if state.isDown { throw Down() }
            if let replaced = state.replaced[path] { return replaced }
            let entries = Array(state.entries.prefix(state.shown ?? state.entries.count))
            switch path {
            case "checkpoint":
                return file(checkpoint(entries, at: state.isUnwitnessed ? nil : state.cosigningTime).encoded)
            case "key": return file(Array((key.verifierKey + "\n").utf8))
            default: return tile(path, entries).map { file($0) } ?? TransportResponse(status: 404, headers: [], body: [])
            }
        }
    }

    private func checkpoint(_ entries: [[UInt8]], at time: UnixTime?) -> SignedNote {
        var frontier = TreeFrontier()
        for entry in entries { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        var note = Checkpoint(origin: signer.name, head: frontier.head).signed(by: signer)
        guard let time else { return note }
        let tiles = Self.tiles(entries)
        if let cosignature = witness.cosignature(for: note, of: key, tiles: tiles, at: time) { note.add(cosignature) }
        return note
    }

    private func tile(_ path: String, _ entries: [[UInt8]]) -> [UInt8]? {
        guard let tile = Tile(path: path), tile.width <= Tile.width(tile.kind, index: tile.index, size: UInt64(entries.count))
        else { return nil }
        let start = Int(tile.index) * Tile.fullWidth
        return tile.kind == .entries ? EntryBundle.encode(Array(entries[start..<start + tile.width])) : nil
    }

    /// The hashes of the leaves; a test's log has no more than 256 · 256.
    static func tiles(_ entries: [[UInt8]]) -> TileSet {
        var set = TileSet()
        var hashes = entries.map { MerkleHash.leaf($0) }
        for level in 0..<2 {
            for index in 0..<(hashes.count + 255) / 256 {
                let part = hashes[index * 256..<min(hashes.count, index * 256 + 256)]
                guard let tile = Tile(.hashes(level: level), index: UInt64(index), width: part.count) else { continue }
                try? set.insert(part.flatMap(\.bytes), for: tile)
            }
            hashes = (0..<hashes.count / 256).map { index in
                var frontier = TreeFrontier()
                for hash in hashes[index * 256..<index * 256 + 256] { frontier.append(hash) { _, _, _ in } }
                return frontier.head.root
            }
        }
        return set
    }

    private func file(_ bytes: [UInt8]) -> TransportResponse {
        TransportResponse(status: 200, headers: [HeaderField("ETag", "\"tag\"")], body: bytes)
    }
}

extension TestKeyLog {
    /// The head of the tree over the first entries.
    func head(_ size: Int) -> TreeHead {
        var frontier = TreeFrontier()
        for entry in state.withLock({ $0.entries.prefix(size) }) {
            frontier.append(MerkleHash.leaf(entry)) { _, _, _ in }
        }
        return frontier.head
    }
}
