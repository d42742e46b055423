import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient

/// Reads a log as somebody who wants to know all that is wrong with it: goes on after what a client refuses.
actor LogMonitor {
    private let source: KeyLogSource
    private let witnesses: WitnessPolicy
    private let store: KeyLogFile?
    private var log: NoteVerificationKey?
    private var kept: KeptKeyLog?
    private var isBegun = false
    private var entries: [[UInt8]] = []
    private var history = KeyHistory()
    private var tiles: LogTiles

    /// What was found at one look.
    struct Look {
        /// The log's name.
        var origin = ""
        /// Whether the log's own word was taken for its key.
        var isKeyTaken = false
        /// The checkpoint.
        var head = TreeHead.empty
        /// The entries that are new.
        var events: [LogEvent] = []
        /// What is wrong.
        var problems: [LogProblem] = []
        /// How many witnesses cosigned within the last 24 h, and within the last 12 h.
        var cosignatures = 0
        var freshCosignatures = 0
        /// How many are asked for.
        var neededCosignatures = 0
        /// Whether the log says that it is one of development.
        var isDevelopment = false
    }

    init(source: KeyLogSource, log: NoteVerificationKey?, witnesses: WitnessPolicy, store: KeyLogFile?) {
        self.source = source
        self.log = log
        self.witnesses = witnesses
        self.store = store
        tiles = LogTiles(source: source)
    }

    /// Looks at the log as it is now. Throws ``KeyLogRefusal`` where nothing of it can be read or believed.
    func look(at now: UnixTime) async throws -> Look {
        var look = Look()
        if !isBegun { try await begin() }
        if log == nil {
            log = try await source.key()
            look.isKeyTaken = true
        }
        guard let log, let trust = KeyLogTrust(log: log, witnesses: .none) else { throw KeyLogRefusal.badSignature }
        let note = try await source.checkpoint()
        guard let checkpoint = try? trust.checkpoint(in: note, at: now) else { throw KeyLogRefusal.badSignature }
        (look.origin, look.head) = (checkpoint.origin.text, checkpoint.head)
        try count(note, at: now, into: &look)
        guard checkpoint.head.size <= KeyLogReader.maximumSize else {
            throw KeyLogRefusal.tooLarge(size: checkpoint.head.size)
        }
        try await follow(checkpoint.head, at: now, into: &look)
        look.isDevelopment = history.isDevelopment
        if !look.problems.contains(where: \.isSplitView), let store {
            let seen = KeptKeyLog(log: log, head: checkpoint.head)
            if seen != kept { try await store.save(seen.encoded) }
            kept = seen
        }
        return look
    }

    private func begin() async throws {
        if let bytes = try await store?.load() {
            guard let found = KeptKeyLog(decoding: bytes) else { throw KeyLogRefusal.damagedStore }
            guard log == nil || log == found.log else { throw KeyLogRefusal.otherLogKey }
            (kept, log) = (found, found.log)
        }
        isBegun = true
    }

    private func count(_ note: SignedNote, at now: UnixTime, into look: inout Look) throws {
        func found(within seconds: Int64) throws -> Int {
            let policy = WitnessPolicy(witnesses: witnesses.witnesses, threshold: 0, maximumAge: seconds)
            guard let cosigners = try? policy?.cosigners(of: note, at: now) else { throw KeyLogRefusal.badSignature }
            return cosigners.count
        }
        look.neededCosignatures = witnesses.threshold
        look.cosignatures = try found(within: 86_400)
        look.freshCosignatures = try found(within: 43_200)
        if look.cosignatures < witnesses.threshold {
            let refusal = KeyLogRefusal.tooFewWitnesses(
                found: look.cosignatures, needed: witnesses.threshold, stale: try found(within: .max) - look.cosignatures)
            look.problems.append(.refused(refusal))
        }
    }

    private func follow(_ head: TreeHead, at now: UnixTime, into look: inout Look) async throws {
        let seen = max(kept?.head.size ?? 0, UInt64(entries.count))
        if head.size < seen { look.problems.append(.refused(.rollback(size: head.size, seen: seen))) }
        let all = try await all(head)
        if head.size >= UInt64(entries.count), Array(all.prefix(entries.count)) != entries {
            look.problems.append(.refused(.fork(seen: UInt64(entries.count))))
        } else if let kept, kept.head.size <= head.size, all.head(kept.head.size) != kept.head {
            look.problems.append(.refused(.fork(seen: kept.head.size)))
        }
        // After one history was told, another is not: the two would be taken for one.
        guard entries.isEmpty || !look.problems.contains(where: \.isSplitView) else { return }
        let old = UInt64(entries.count)
        var tiles = tiles
        look.problems += try await tiles.check(all, head: head, from: old, kept: kept?.head.size ?? 0)
        self.tiles = tiles
        entries = all
        tell(all[Int(old)...], from: old, at: now, into: &look)
    }

    /// All entries: those that are known already, or, where these do not lead to the checkpoint, all anew.
    private func all(_ head: TreeHead) async throws(KeyLogRefusal) -> [[UInt8]] {
        let known = UInt64(entries.count)
        if known <= head.size {
            let all = entries + (try await source.entries(from: known, to: head.size))
            if all.head(head.size) == head { return all }
        }
        let all = try await source.entries(from: 0, to: head.size)
        guard all.head(head.size) == head else { throw .entriesDoNotFit }
        return all
    }

    private func tell(_ new: ArraySlice<[UInt8]>, from first: UInt64, at now: UnixTime, into look: inout Look) {
        for (offset, bytes) in new.enumerated() {
            let index = first + UInt64(offset)
            guard let entry = try? LogEntry(decoding: bytes) else {
                look.problems.append(.unreadable(entry: index))
                continue
            }
            if entry.time.seconds(since: now) > KeyLogReplica.clockTolerance {
                look.problems.append(.rule(.inTheFuture, entry: index))
            }
            look.events.append(LogEvent(entry, at: index, history: history))
            do throws(HistoryViolation) {
                try history.apply(entry)
            } catch {
                look.problems.append(.rule(error, entry: index))
                history.applyUnchecked(entry)
            }
        }
    }
}

extension LogProblem {
    /// Whether the log was shortened or replaced.
    var isSplitView: Bool {
        switch self {
        case .refused(.rollback), .refused(.fork): true
        default: false
        }
    }
}

extension [[UInt8]] {
    /// The head of the tree over the first `size` entries, or over all if there are fewer.
    func head(_ size: UInt64) -> TreeHead {
        var frontier = TreeFrontier()
        for entry in prefix(Int(clamping: size)) { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        return frontier.head
    }
}
