public import KeySchedule

/// What somebody who reads a key log trusts: the log's own key, and a policy for its witnesses.
public struct KeyLogTrust: Sendable, Hashable {
    /// The log's key; its name is the checkpoints' origin.
    public let log: NoteVerificationKey
    /// Whose cosignatures are asked for.
    public let witnesses: WitnessPolicy

    /// Trust in a log's key, which is one of type 0x01, under a policy.
    public init?(log: NoteVerificationKey, witnesses: WitnessPolicy) {
        guard log.type == .ed25519 else { return nil }
        self.log = log
        self.witnesses = witnesses
    }

    /// The checkpoint in a note, once its signature and its cosignatures hold; throws ``KeyLogError``.
    public func checkpoint(in note: SignedNote, at now: UnixTime) throws(KeyLogError) -> Checkpoint {
        let checkpoint: Checkpoint
        let found: Int
        do {
            checkpoint = try Checkpoint(verifying: note, key: log)
            found = try witnesses.cosigners(of: note, at: now).count
        } catch {
            throw .checkpoint(error)
        }
        guard found >= witnesses.threshold else {
            throw .tooFewWitnesses(found: found, needed: witnesses.threshold)
        }
        return checkpoint
    }
}
