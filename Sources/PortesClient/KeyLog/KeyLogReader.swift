package import KeySchedule
package import KeyTransparency
internal import LibSodium

/// Follows one issuer's key log: at each call as far as its checkpoint says, every entry replayed, every rule checked.
///
/// What was replayed stays in memory, so a call costs what is new. Calls at the same time follow one another.
package actor KeyLogReader {
    /// The most entries of a log that is read: those of twenty capabilities with weekly keys in twenty years.
    package static let maximumSize: UInt64 = 1 << 16

    private let source: KeyLogSource
    private let policy: KeyLogPolicy
    private let isOnThisMachine: Bool
    private var log: NoteVerificationKey?
    // What was read and believed. Where an entry broke a rule, the replica stays behind it.
    private var leaves: [Bytes32] = []
    private var replica = KeyLogReplica()
    private var frontier = TreeFrontier()
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private nonisolated let executor = BlockingExecutor(label: "portes.key-log")

    /// The thread of this reader: to replay a long log takes seconds.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A reader that has seen nothing. Only where the issuer is on this machine may the policy leave out the log's key
    /// and witnesses, and the log be one of development.
    package init(_ source: KeyLogSource, policy: KeyLogPolicy, isOnThisMachine: Bool) {
        self.source = source
        self.policy = policy
        self.isOnThisMachine = isOnThisMachine
    }

    /// The history of the log up to its present checkpoint.
    ///
    /// The checkpoint must be signed by log and witnesses, and begin with what this reader saw before and with what is
    /// kept in `store`. It is kept there as soon as that is certain, before the rules are looked at: a log cannot take
    /// back what it was caught with.
    package func history(
        keptIn store: (any KeyLogStore)? = nil, at now: UnixTime
    ) async throws(KeyLogRefusal) -> KeyHistory {
        await enter()
        defer { leave() }
        let kept = try await load(store)
        let trust = try await trust(kept)
        let checkpoint = try trust.believed(try await source.checkpoint(), at: now)
        log = trust.log
        try refuseEarlier(checkpoint.head, kept: kept)
        let entries = try await entries(to: checkpoint.head)
        try follow(checkpoint.head, entries: entries, kept: kept)
        try await save(KeptKeyLog(log: trust.log, head: checkpoint.head), replacing: kept, in: store)
        try replay(checkpoint, entries: entries, at: now)
        return replica.history
    }

    // MARK: Trust

    private func trust(_ kept: KeptKeyLog?) async throws(KeyLogRefusal) -> KeyLogTrust {
        guard isOnThisMachine || policy.witnesses.threshold > 0 else { throw .witnessesNotGiven }
        let known = [policy.log, log, kept?.log].compactMap { $0 }
        guard known.allSatisfy({ $0 == known.first }) else { throw .otherLogKey }
        let key: NoteVerificationKey
        if let first = known.first {
            key = first
        } else {
            guard isOnThisMachine else { throw .logKeyNotGiven }
            key = try await source.key()
        }
        guard let trust = KeyLogTrust(log: key, witnesses: policy.witnesses) else { throw .badSignature }
        return trust
    }

    // MARK: Following

    private func refuseEarlier(_ head: TreeHead, kept: KeptKeyLog?) throws(KeyLogRefusal) {
        guard head.size <= Self.maximumSize else { throw .tooLarge(size: head.size) }
        let seen = max(kept?.head.size ?? 0, UInt64(leaves.count))
        guard head.size >= seen else { throw .rollback(size: head.size, seen: seen) }
        if let kept, kept.head.size == head.size, kept.head.root != head.root { throw .fork(seen: head.size) }
    }

    /// The entries that are not replayed yet, once they are known to be those of the checkpoint.
    private func entries(to head: TreeHead) async throws(KeyLogRefusal) -> [[UInt8]] {
        let entries = try await source.entries(from: frontier.size, to: head.size)
        var edge = frontier
        for entry in entries { edge.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        if edge.head == head { return entries }
        // Either these entries are not the checkpoint's, or the ones before them are not any more: that would show if
        // all of them were read again.
        guard frontier.size > 0 else { throw .entriesDoNotFit }
        var other = TreeFrontier()
        for entry in try await source.entries(from: 0, to: head.size) {
            other.append(MerkleHash.leaf(entry)) { _, _, _ in }
        }
        throw other.head == head ? .fork(seen: frontier.size) : .entriesDoNotFit
    }

    /// Makes sure that the log begins with what was seen of it, and remembers the new leaves.
    private func follow(_ head: TreeHead, entries: [[UInt8]], kept: KeptKeyLog?) throws(KeyLogRefusal) {
        let new = entries.map { MerkleHash.leaf($0) }
        let again = leaves[Int(frontier.size)...]
        guard new.prefix(again.count) == again else { throw .fork(seen: UInt64(leaves.count)) }
        let all = new.isEmpty ? leaves : leaves + new.dropFirst(again.count)
        if let kept, kept.head.size < head.size {
            // What is kept is mostly what was replayed last, and then costs nothing.
            guard kept.head == frontier.head || kept.head == all.head(size: Int(kept.head.size)) else {
                throw .fork(seen: kept.head.size)
            }
        }
        leaves = all
    }

    private func replay(
        _ checkpoint: Checkpoint, entries: [[UInt8]], at now: UnixTime
    ) throws(KeyLogRefusal) {
        do {
            try replica.extend(to: checkpoint, entries: entries, at: now)
        } catch {
            switch error {
            case .malformedEntry(let index): throw .malformedEntry(index)
            case .violation(let violation, let index): throw .ruleBroken(violation, entry: index)
            case .rollback: throw .rollback(size: checkpoint.head.size, seen: replica.head.size)
            case .checkpoint, .tooFewWitnesses, .fork, .incomplete: throw .entriesDoNotFit
            }
        }
        for entry in entries { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
    }

    // MARK: One call at a time

    private func enter() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }
}

extension [Bytes32] {
    /// The head of the tree over the first `size` leaves, of which there are as many.
    fileprivate func head(size: Int) -> TreeHead {
        var edge = TreeFrontier()
        for leaf in prefix(size) { edge.append(leaf) { _, _, _ in } }
        return edge.head
    }
}
