/// What a witness does with a request: a pure function of the request, the log's key and what it cosigned last.
public enum WitnessDecision: Sendable, Hashable {
    /// Record this checkpoint as the last one, and once that is durable cosign it.
    case cosign(Checkpoint)
    /// None of the signatures is of a key that is trusted for the log: 403.
    case untrusted
    /// The old size is larger than the new one, or the proof for a new log is not empty: 400.
    case badRequest
    /// The witness has cosigned another size, or another tree of this size: 409 with the size.
    case conflict(size: UInt64)
    /// The proof does not hold: 422.
    case inconsistent

    /// Decides on a request for a log with this key, of which `last` was cosigned last; `nil` if nothing was.
    ///
    /// The order of the checks is that of C2SP tlog-witness.
    public init(_ request: AddCheckpointRequest, log: NoteVerificationKey, last: TreeHead?) {
        guard let checkpoint = try? Checkpoint(verifying: request.checkpoint, key: log) else {
            self = .untrusted
            return
        }
        let last = last ?? .empty
        if request.oldSize > checkpoint.head.size {
            self = .badRequest
        } else if request.oldSize != last.size {
            self = .conflict(size: last.size)
        } else if request.oldSize == checkpoint.head.size, checkpoint.head.root != last.root {
            self = .conflict(size: last.size)
        } else if request.oldSize == 0, !request.proof.isEmpty {
            self = .badRequest
        } else if !checkpoint.head.extends(last, proof: request.proof) {
            self = .inconsistent
        } else {
            self = .cosign(checkpoint)
        }
    }
}
