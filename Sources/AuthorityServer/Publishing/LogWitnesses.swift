import HTTPTransport
import KeySchedule
import KeyTransparency
import Synchronization
package import Witnessing

/// The witnesses that an authority asks, and how many of them must cosign before it publishes.
package struct LogWitnessConfiguration: Sendable {
    /// Where each is reached, and its key.
    package var witnesses: [Witness]
    /// How many must have cosigned.
    package var threshold: Int

    /// No witness is asked: for development.
    package static let none = LogWitnessConfiguration(witnesses: [], threshold: 0)

    /// A configuration from its parts.
    package init(witnesses: [Witness], threshold: Int) {
        self.witnesses = witnesses
        self.threshold = threshold
    }
}

/// Too few witnesses cosigned a checkpoint, which therefore is not published.
struct WitnessShortage: Error, Hashable, CustomStringConvertible {
    /// How many cosignatures are needed.
    let needed: Int
    /// What each of the others answered, by the witness's name.
    let answers: [String]

    var description: String { "\(needed) cosignatures are needed; \(answers.joined(separator: "; "))" }
}

/// Has the checkpoints of one log cosigned.
final class LogWitnesses: Sendable {
    let policy: WitnessPolicy
    private let witnesses: [Witness]
    private let client: WitnessClient
    private let logKey: NoteVerificationKey
    private let time: any TimeSource
    private let lastSizes = Mutex<[NoteVerificationKey: UInt64]>([:])

    /// Whether no witness is asked.
    var isEmpty: Bool { witnesses.isEmpty }

    /// `nil` if the threshold can never be met, or a witness is named twice.
    init?(
        _ configuration: LogWitnessConfiguration, logKey: NoteVerificationKey, transport: HTTPTransport,
        time: any TimeSource
    ) {
        guard let policy = WitnessPolicy(
            witnesses: configuration.witnesses.map(\.key), threshold: configuration.threshold)
        else { return nil }
        self.policy = policy
        self.logKey = logKey
        self.time = time
        witnesses = configuration.witnesses
        client = WitnessClient(transport: transport)
    }

    /// The note with the cosignatures that the policy asks for; throws ``WitnessShortage``.
    func cosigned(_ note: SignedNote, proof: @escaping WitnessClient.ConsistencyProof) async throws -> SignedNote {
        guard !witnesses.isEmpty else { return note }
        let answer = await client.cosign(
            try LogCheckpoint(verifying: note, keys: [logKey]), by: witnesses, lastSizes: lastSizes.withLock { $0 },
            policy: policy, time: time, proof: proof)
        lastSizes.withLock { $0.merge(answer.lastSizes) { $1 } }
        guard answer.isPolicyMet else {
            throw WitnessShortage(
                needed: policy.threshold,
                answers: answer.failures.map { "\($0.key.name): \($0.value)" }.sorted())
        }
        return answer.note
    }
}
