package import KeyTransparency
package import LibSodium

/// A log of its own: a key, and a tree whose every earlier size it can prove.
package final class GrowingLog: Sendable, TreeHashes {
    /// The log has no such subtree.
    package struct Missing: Error {}
    private struct Place: Hashable { let level: Int, index: UInt64 }

    /// Of its key, for another history under the same one.
    package let seed: [UInt8]
    /// Signs its checkpoints.
    package let signer: NoteSigner
    /// The number of leaves.
    package let count: UInt64
    private let hashes: [Place: Bytes32]

    /// A log of `count` leaves; one with another `salt` has another history from the leaf `forkedAt` on.
    package init(
        _ name: String = "log.example", seed: [UInt8] = Randomness.bytes(32), count: UInt64 = 300, salt: UInt8 = 0,
        forkedAt: UInt64 = 0
    ) {
        self.seed = seed
        signer = NoteSigner(name: NoteKeyName(name)!, key: Ed25519.PrivateKey(seed: SecretBytes(copying: seed))!)
        var (frontier, hashes) = (TreeFrontier(), [Place: Bytes32]())
        for index in 0..<count {
            frontier.append(MerkleHash.leaf(Self.leaf(index, salt: index >= forkedAt ? salt : 0))) {
                hashes[Place(level: $0, index: $1)] = $2
            }
        }
        (self.hashes, self.count) = (hashes, count)
    }

    /// The bytes of a leaf.
    package static func leaf(_ index: UInt64, salt: UInt8 = 0) -> [UInt8] {
        [salt, UInt8(index & 0xff), UInt8(index >> 8 & 0xff)]
    }

    /// What its signatures are checked with.
    package var key: NoteVerificationKey { signer.verificationKey(.ed25519) }

    /// The hash of a subtree.
    package func hash(level: Int, index: UInt64) throws(Missing) -> Bytes32 {
        guard let hash = hashes[Place(level: level, index: index)] else { throw Missing() }
        return hash
    }

    /// The signed checkpoint of a size.
    package func checkpoint(_ size: UInt64) throws -> LogCheckpoint {
        let checkpoint = Checkpoint(origin: signer.name, head: try head(size: size))
        return try LogCheckpoint(verifying: checkpoint.signed(by: signer), keys: [key])
    }

    /// What a witness is asked to go from one size to another, with the honest proof unless another is given.
    package func request(old: UInt64, new: UInt64, proof: [Bytes32]? = nil) throws -> AddCheckpointRequest {
        AddCheckpointRequest(
            oldSize: old, proof: try proof ?? consistencyProof(from: min(old, new), to: new) ?? [],
            checkpoint: try checkpoint(new).note)
    }

    /// The proofs that a log gives its client of witnesses.
    package var proofs: @Sendable (UInt64, UInt64) async throws -> [Bytes32]? {
        { [self] in try consistencyProof(from: $0, to: $1) }
    }
}
