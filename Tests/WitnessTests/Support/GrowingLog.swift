import KeyTransparency
import LibSodium
import Synchronization
import Witnessing

/// A log of its own: a key, and a tree whose every earlier size it can prove.
final class GrowingLog: Sendable, TreeHashes {
    struct Missing: Error {}
    private struct Place: Hashable { let level: Int, index: UInt64 }

    /// Of its key, for another history under the same one.
    let seed: [UInt8]
    let signer: NoteSigner
    private let hashes: [Place: Bytes32]
    let count: UInt64

    /// A log of `count` leaves; one with another `salt` from the leaf `forkedAt` on has another history.
    init(
        _ name: String = "log.example", seed: [UInt8] = Randomness.bytes(32), count: UInt64 = 300, salt: UInt8 = 0,
        forkedAt: UInt64 = 0
    ) {
        self.seed = seed
        signer = NoteSigner(name: NoteKeyName(name)!, key: Ed25519.PrivateKey(seed: SecretBytes(copying: seed))!)
        var (frontier, hashes) = (TreeFrontier(), [Place: Bytes32]())
        for index in 0..<count {
            let leaf = [index >= forkedAt ? salt : 0, UInt8(index & 0xff), UInt8(index >> 8 & 0xff)]
            frontier.append(MerkleHash.leaf(leaf)) { hashes[Place(level: $0, index: $1)] = $2 }
        }
        (self.hashes, self.count) = (hashes, count)
    }

    var key: NoteVerificationKey { signer.verificationKey(.ed25519) }

    func hash(level: Int, index: UInt64) throws(Missing) -> Bytes32 {
        guard let hash = hashes[Place(level: level, index: index)] else { throw Missing() }
        return hash
    }

    func checkpoint(_ size: UInt64) throws -> LogCheckpoint {
        let checkpoint = Checkpoint(origin: signer.name, head: try head(size: size))
        return try LogCheckpoint(verifying: checkpoint.signed(by: signer), keys: [key])
    }

    /// For where only other errors may be thrown: a checkpoint of a size that the log has.
    func checkpoint(unchecked size: UInt64) -> LogCheckpoint { try! checkpoint(size) }

    func request(old: UInt64, new: UInt64, proof: [Bytes32]? = nil) throws -> AddCheckpointRequest {
        AddCheckpointRequest(
            oldSize: old, proof: try proof ?? consistencyProof(from: min(old, new), to: new) ?? [],
            checkpoint: try checkpoint(new).note)
    }

    /// The proofs that a log gives its client.
    var proofs: WitnessClient.ConsistencyProof { { [self] in try consistencyProof(from: $0, to: $1) } }
}
