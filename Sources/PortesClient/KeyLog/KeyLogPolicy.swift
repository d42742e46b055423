package import KeyTransparency

/// What a client trusts of an issuer's key log: the log's key, and how many of which witnesses.
///
/// For an issuer on this machine nothing need be given. For every other the log's key must be, here or by what was kept
/// of an earlier run, and at least one witness: somebody else than the issuer, who makes sure that everybody is shown
/// the same log.
public struct KeyLogPolicy: Sendable, Hashable {
    /// The log's key; `nil` where an earlier run kept it, or for an issuer on this machine.
    package let log: NoteVerificationKey?
    /// The witnesses, and how many must have cosigned within the last 24 h.
    package let witnesses: WitnessPolicy

    /// Why texts are not a policy.
    public enum PolicyError: Error, Sendable, Hashable {
        /// The text is not a log's key: `NAME+HEXID+BASE64` with an Ed25519 key of type 0x01 (C2SP signed-note).
        case malformedLogKey
        /// The text at this place, from 0, is not a witness's key: as a log's, of type 0x04 (C2SP tlog-cosignature).
        case malformedWitness(Int)
        /// More cosignatures are asked for than there are witnesses, fewer than none, or a witness is named twice.
        case threshold
    }

    /// For an issuer in development on this machine: whatever key its log has at first, and no witness.
    ///
    /// With any other issuer each fetch throws ``KeyLogRefusal/logKeyNotGiven`` or
    /// ``KeyLogRefusal/witnessesNotGiven``.
    public static let development = KeyLogPolicy()

    private init() { (log, witnesses) = (nil, .none) }

    /// A policy from verifier keys as people exchange them, `NAME+HEXID+BASE64` (C2SP signed-note): the log's, which
    /// its issuer publishes, and those of witnesses.
    ///
    /// `threshold` is how many of the witnesses must have cosigned: 1 where nothing else is said and a witness is
    /// named. `log` may be `nil` where an earlier run kept it.
    public init(log: String?, witnesses: [String], threshold: Int? = nil) throws(PolicyError) {
        self.log = try log.map { text throws(PolicyError) in
            guard let key = NoteVerificationKey(verifierKey: text), key.type == .ed25519 else {
                throw .malformedLogKey
            }
            return key
        }
        var keys: [NoteVerificationKey] = []
        for (index, text) in witnesses.enumerated() {
            guard let key = NoteVerificationKey(verifierKey: text), key.type == .cosignature else {
                throw .malformedWitness(index)
            }
            keys.append(key)
        }
        let policy = WitnessPolicy(witnesses: keys, threshold: threshold ?? (keys.isEmpty ? 0 : 1))
        guard let policy else { throw .threshold }
        self.witnesses = policy
    }
}
