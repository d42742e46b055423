public import LibSodium

/// What a server answers to a batch of blinded elements: each multiplied by its key, with one proof for all.
public struct Evaluation: Sendable, Hashable {
    /// The evaluated elements, in the order of the blinded ones.
    public let elements: [Ristretto255.Element]
    /// The proof over the whole lists.
    public let proof: Proof

    /// An answer from its parts, which are checked when it is finalized.
    public init(elements: [Ristretto255.Element], proof: Proof) {
        self.elements = elements
        self.proof = proof
    }
}

/// Why a server could not evaluate.
public enum EvaluationError: Error, Sendable, Hashable {
    /// There are no elements, or more than the 65,535 that a proof covers.
    case wrongCount
    /// An element led to the identity: its sender knew something it should not.
    case degenerate
}

extension ServerPrivateKey {
    /// BlindEvaluate (RFC 9497, section 3.3.2) for a batch of 1 to 65,535 elements; constant-time in the key.
    public borrowing func blindEvaluate(
        _ blinded: [Ristretto255.Element]
    ) throws(EvaluationError) -> Evaluation {
        try blindEvaluate(blinded, commitment: SecretScalar())
    }

    /// BlindEvaluate with the proof's random scalar given, for known-answer tests only.
    package borrowing func blindEvaluate(
        _ blinded: [Ristretto255.Element], commitment: consuming SecretScalar
    ) throws(EvaluationError) -> Evaluation {
        guard (1...Int(UInt16.max)).contains(blinded.count) else { throw .wrongCount }
        do {
            var evaluated: [Ristretto255.Element] = []
            evaluated.reserveCapacity(blinded.count)
            for element in blinded { evaluated.append(try scalar * element) }
            let proof = try Proof(
                privateKey: self, blinded: blinded, evaluated: evaluated, commitment: commitment)
            return Evaluation(elements: evaluated, proof: proof)
        } catch {
            throw .degenerate
        }
    }

    /// Evaluate (RFC 9497, section 3.3.1): the output for an input of at most 65,534 bytes, as a client that was
    /// served by this key would have got it. Constant-time in the key; the output is 64 secret bytes.
    ///
    /// Throws for inputs that are too long, or hash to the identity, which does not happen by chance.
    public borrowing func evaluate(_ input: [UInt8]) throws(EvaluationError) -> Bytes64 {
        guard input.count < Int(UInt16.max) else { throw .wrongCount }
        do {
            return Suite.output(input: input, element: try scalar * Suite.hashToGroup(input))
        } catch {
            throw .degenerate
        }
    }
}
