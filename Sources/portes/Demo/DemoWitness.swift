import Foundation
import HTTPTransport
import KeyTransparency
import LibSodium
import Witnessing

/// A witness that the demo starts, a process of its own with a database of its own.
struct DemoWitness {
    private let process: ChildProcess
    private let witness: Witness
    /// The key of its cosignatures, as people exchange it.
    let verifierKey: String

    /// Starts a witness that knows one log.
    static func start(in place: DemoDirectory, log: NoteVerificationKey) async throws -> DemoWitness {
        let data = ["--data", place.root.appending(path: "witness").path]
        let text = try await ChildProcess.run(["witness", "identity", "--name", "witness.demo.example"] + data)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let process = try ChildProcess(
            ["witness", "run", "--listen", "127.0.0.1:0", "--log", log.verifierKey] + data)
        do {
            let url = try await process.waitForLine("listening on ")
            guard let key = NoteVerificationKey(verifierKey: text),
                let witness = Witness(submissionPrefix: url, key: key)
            else { throw CommandFailure("the witness printed no key") }
            return DemoWitness(process: process, witness: witness, verifierKey: text)
        } catch {
            await process.terminate()
            throw error
        }
    }

    /// Ends it.
    func stop() async { await process.terminate() }

    /// The note with the witness's cosignature, or as it was if the witness does not cosign it.
    func cosigned(_ note: SignedNote, of log: NoteVerificationKey, tiles: TileSet) async throws -> SignedNote {
        let transport = try HTTPTransport()
        guard let policy = WitnessPolicy(witnesses: [witness.key], threshold: 1) else { return note }
        let answer = await WitnessClient(transport: transport).cosign(
            try LogCheckpoint(verifying: note, keys: [log]), by: [witness], policy: policy
        ) { old, new in try tiles.consistencyProof(from: old, to: new) }
        await transport.shutdown()
        return answer.note
    }
}
