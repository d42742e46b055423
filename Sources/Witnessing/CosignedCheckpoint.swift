internal import KeySchedule
package import KeyTransparency

/// A checkpoint with the cosignatures that were got for it, and what became of each witness that was asked.
package struct CosignedCheckpoint: Sendable {
    /// The note with the log's signature and every cosignature that holds and counts.
    package private(set) var note: SignedNote
    /// Whether they are enough for the policy.
    package private(set) var isPolicyMet: Bool
    /// Why the others did not cosign, by their key; ``WitnessFailure/notAwaited`` for those without an answer.
    package private(set) var failures: [NoteVerificationKey: WitnessFailure]
    /// The sizes that witnesses are now known to have cosigned last.
    package private(set) var lastSizes: [NoteVerificationKey: UInt64] = [:]

    private let size: UInt64

    /// A checkpoint that nobody has been asked about yet.
    init(_ log: LogCheckpoint, witnesses: [Witness], policy: WitnessPolicy, at now: UnixTime) {
        note = log.note
        size = log.checkpoint.head.size
        failures = Dictionary(witnesses.map { ($0.key, .notAwaited) }, uniquingKeysWith: { first, _ in first })
        isPolicyMet = (try? policy.isMet(by: log.note, at: now)) ?? false
    }

    /// Takes in a witness's answer.
    mutating func take(
        _ result: Result<Cosignature, WitnessFailure>, of witness: Witness, policy: WitnessPolicy, at now: UnixTime
    ) {
        switch result {
        case .success(let cosignature):
            lastSizes[witness.key] = size
            let age = now.seconds(since: cosignature.time)
            guard policy.counts(age: age) else {
                failures[witness.key] = .wrongTime(age: age)
                return
            }
            failures[witness.key] = nil
            note.add(cosignature.signature)
            isPolicyMet = (try? policy.isMet(by: note, at: now)) ?? false
        case .failure(let failure):
            failures[witness.key] = failure
            switch failure {
            case .ahead(let last), .overtaken(let last), .otherHistory(let last), .noProof(let last):
                lastSizes[witness.key] = last
            default: break
            }
        }
    }
}
