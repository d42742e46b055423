import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Testing

/// A log that signs whatever it is told to.
struct TestLog: ~Copyable {
    let signer: NoteSigner
    var entries: [[UInt8]]

    init(_ entries: [LogEntry]) throws {
        signer = try Signers.signer("issuer.example/log")
        self.entries = entries.map(\.encoded)
    }

    func checkpoint(_ size: Int) -> Checkpoint {
        var frontier = TreeFrontier()
        for entry in entries.prefix(size) { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        return Checkpoint(origin: signer.name, head: frontier.head)
    }

    func trust(_ policy: WitnessPolicy = .none) throws -> KeyLogTrust {
        try #require(KeyLogTrust(log: signer.verificationKey(.ed25519), witnesses: policy))
    }
}

extension KeyLogReplica {
    /// At a time after all entries.
    fileprivate mutating func extend(to checkpoint: Checkpoint, entries: [[UInt8]]) throws(KeyLogError) {
        try extend(to: checkpoint, entries: entries, at: UnixTime(seconds: 1_000_000))
    }
}

struct KeyLogReplicaTests {
    let now = UnixTime(seconds: 1_800_000_000)

    /// Terms and two keys that follow each other.
    private func entries() throws -> [LogEntry] {
        let story = try Story()
        return [
            LogEntry(time: UnixTime(seconds: 0), event: .terms(try #require(story.history.terms[story.purpose]))),
            LogEntry(time: UnixTime(seconds: 0), event: .announced(try story.key(0, 100, 150))),
            LogEntry(time: UnixTime(seconds: 50), event: .announced(try story.key(100, 200, 250))),
        ]
    }

    @Test func itFollowsALogFromCheckpointToCheckpoint() throws {
        let log = try TestLog(entries())
        var replica = KeyLogReplica()
        try replica.extend(to: log.checkpoint(2), entries: Array(log.entries[..<2]))
        #expect(replica.head == log.checkpoint(2).head && replica.history.keys.count == 1)
        try replica.extend(to: log.checkpoint(2), entries: [])
        try replica.extend(to: log.checkpoint(3), entries: Array(log.entries[2...]))
        #expect(replica.head == log.checkpoint(3).head && replica.history.keys.count == 2)
    }

    /// A log could pretend that keys are over, or a reader's clock be far behind.
    @Test func anEntryOfATimeToComeIsRefused() throws {
        let log = try TestLog(entries())
        var early = KeyLogReplica()
        #expect(throws: KeyLogError.violation(.inTheFuture, index: 2)) {
            try early.extend(to: log.checkpoint(3), entries: log.entries, at: UnixTime(seconds: 50 - 301))
        }
        var late = KeyLogReplica()
        try late.extend(to: log.checkpoint(3), entries: log.entries, at: UnixTime(seconds: 50 - 300))
    }

    @Test func anEarlierCheckpointIsARollback() throws {
        let log = try TestLog(entries())
        var replica = KeyLogReplica()
        try replica.extend(to: log.checkpoint(3), entries: log.entries)
        #expect(throws: KeyLogError.rollback) { try replica.extend(to: log.checkpoint(2), entries: []) }
    }

    @Test func anotherHistoryIsAForkAndChangesNothing() throws {
        let log = try TestLog(entries())
        let other = try TestLog(entries())
        var replica = KeyLogReplica()
        try replica.extend(to: log.checkpoint(2), entries: Array(log.entries[..<2]))
        let before = replica
        #expect(throws: KeyLogError.fork) { try replica.extend(to: other.checkpoint(2), entries: []) }
        let rest = Array(other.entries[2...])
        #expect(throws: KeyLogError.fork) { try replica.extend(to: other.checkpoint(3), entries: rest) }
        #expect(throws: KeyLogError.fork) { try replica.extend(to: log.checkpoint(3), entries: rest) }
        #expect(throws: KeyLogError.incomplete) { try replica.extend(to: log.checkpoint(3), entries: []) }
        #expect(replica == before)
    }

    @Test func aLoggedSecondIssuingKeyIsRefused() throws {
        let story = try Story()
        var all = try entries()
        all.append(LogEntry(time: UnixTime(seconds: 60), event: .announced(try story.key(0, 100, 150))))
        let log = try TestLog(all)
        var replica = KeyLogReplica()
        #expect(throws: KeyLogError.violation(.windowsOverlap, index: 3)) {
            try replica.extend(to: log.checkpoint(4), entries: log.entries)
        }
        all[3] = LogEntry(time: UnixTime(seconds: 60), event: .announced(try story.key(150, 250, 300)))
        let second = try TestLog(all)
        #expect(throws: KeyLogError.violation(.windowsOverlap, index: 3)) {
            try replica.extend(to: second.checkpoint(4), entries: second.entries)
        }
        #expect(replica == KeyLogReplica())
    }

    @Test func anUnreadableEntryIsNamed() throws {
        var log = try TestLog(entries())
        log.entries.append([1, 2, 3])
        var replica = KeyLogReplica()
        #expect(throws: KeyLogError.malformedEntry(index: 3)) {
            try replica.extend(to: log.checkpoint(4), entries: log.entries)
        }
    }

    @Test func trustNeedsTheLogsSignatureAndEnoughWitnesses() throws {
        let log = try TestLog(entries())
        let stranger = try TestLog(entries())
        let witness = try Signers.signer("witness.example")
        let checkpoint = log.checkpoint(3)
        var note = checkpoint.signed(by: log.signer)
        #expect(try log.trust().checkpoint(in: note, at: now) == checkpoint)
        #expect(throws: KeyLogError.checkpoint(.unknownSigner)) { try stranger.trust().checkpoint(in: note, at: now) }
        let policy = try #require(WitnessPolicy(witnesses: [witness.verificationKey(.cosignature)], threshold: 1))
        let trust = try log.trust(policy)
        #expect(throws: KeyLogError.tooFewWitnesses(found: 0, needed: 1)) { try trust.checkpoint(in: note, at: now) }
        note.add(witness.cosignature(for: checkpoint, at: now))
        #expect(try trust.checkpoint(in: note, at: now) == checkpoint)
        #expect(throws: KeyLogError.tooFewWitnesses(found: 0, needed: 1)) {
            try trust.checkpoint(in: note, at: now.adding(seconds: 86_401))
        }
    }
}
