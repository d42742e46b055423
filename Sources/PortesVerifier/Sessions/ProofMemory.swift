internal import LibSodium
internal import Sessions

/// The proofs of the last minutes, so that none counts twice: in two halves, of which the older is dropped as a whole.
struct ProofMemory {
    private var newer: Set<Bytes32> = []
    private var older: Set<Bytes32> = []
    private var turned: Duration?

    /// For how long a half takes proofs: as long as a proof can count, which is the leeway both ways.
    private static let span: Duration = .seconds(2 * SessionVerifier.leeway + 1)

    /// Whether another proof can be remembered.
    mutating func hasRoom(at now: Duration) -> Bool {
        turn(at: now)
        return newer.count < OpenSessions.proofLimit / 2
    }

    /// Remembers a proof; whether it is new.
    mutating func remember(_ proof: ProofOfPossession, at now: Duration) -> Bool {
        turn(at: now)
        let id = SHA256.hash(proof.keyThumbprint.bytes + proof.id.bytes)
        guard !older.contains(id) else { return false }
        return newer.insert(id).inserted
    }

    /// By the monotonic clock: one that is set must neither drop what still counts nor keep it for ever.
    private mutating func turn(at now: Duration) {
        guard let turned else { return self.turned = now }
        let age = now - turned
        guard age >= Self.span else { return }
        older = age < Self.span * 2 ? newer : []
        newer = []
        self.turned = now
    }
}
