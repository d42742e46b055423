public import LibSodium

/// What a witness does with a request: a pure function of the request, the log's key and what it cosigned last.
public enum WitnessDecision: Sendable, Hashable {
    /// Record this checkpoint as the last one, and once that is durable cosign it.
    case cosign(Checkpoint)
    /// None of the signatures is of a key that is trusted for the log: 403.
    case untrusted
    /// The old size is larger than the new one, the proof for a new log is not empty, or the note is no checkpoint:
    /// 400.
    case badRequest
    /// The witness has cosigned another size, or another tree of this size: 409 with the size.
    case conflict(size: UInt64)
    /// The proof does not hold: 422.
    case inconsistent

    /// Decides on a request for a log with this key, of which `last` was cosigned last; `nil` if nothing was.
    ///
    /// The order of the checks is that of C2SP tlog-witness.
    public init(_ request: AddCheckpointRequest, log key: NoteVerificationKey, last: TreeHead?) {
        do throws(NoteError) {
            let log = try LogCheckpoint(verifying: request.checkpoint, keys: [key])
            self.init(log, oldSize: request.oldSize, proof: request.proof, last: last)
        } catch {
            // What the log's key signed and is no checkpoint of it is not a question of trust.
            self = [.malformed, .wrongOrigin].contains(error) ? .badRequest : .untrusted
        }
    }

    /// Decides on a checkpoint whose signature was checked, of a log of which `last` was cosigned last.
    public init(_ log: LogCheckpoint, oldSize: UInt64, proof: [Bytes32], last: TreeHead?) {
        let (checkpoint, last) = (log.checkpoint, last ?? .empty)
        if oldSize > checkpoint.head.size {
            self = .badRequest
        } else if oldSize != last.size {
            self = .conflict(size: last.size)
        } else if oldSize == checkpoint.head.size, checkpoint.head.root != last.root {
            self = .conflict(size: last.size)
        } else if oldSize == 0, !proof.isEmpty {
            self = .badRequest
        } else if !checkpoint.head.extends(last, proof: proof) {
            self = .inconsistent
        } else {
            self = .cosign(checkpoint)
        }
    }
}
