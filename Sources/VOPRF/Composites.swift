internal import LibSodium

/// ComputeComposites (RFC 9497, sections 2.2.1 and 2.2.2): a batch folded into one pair of elements.
///
/// Everything here is public, so nothing needs to be constant-time.
struct Composites {
    /// Σ dᵢ · Cᵢ, the folded blinded elements.
    let blinded: Ristretto255.Element
    /// Σ dᵢ · Dᵢ, the folded evaluated elements.
    let evaluated: Ristretto255.Element

    /// The client's form, from both lists. The lists have the same length, from 1 to 65,535.
    init(
        publicKey: ServerPublicKey, blinded: [Ristretto255.Element], evaluated: [Ristretto255.Element]
    ) throws(Ristretto255.DegenerateResult) {
        let weights = Composites.weights(publicKey: publicKey, blinded: blinded, evaluated: evaluated)
        self.blinded = try Composites.fold(blinded, weights)
        self.evaluated = try Composites.fold(evaluated, weights)
    }

    /// The server's form: the second sum follows from the first with one multiplication by the private key.
    init(
        privateKey: borrowing ServerPrivateKey, blinded: [Ristretto255.Element],
        evaluated: [Ristretto255.Element]
    ) throws(Ristretto255.DegenerateResult) {
        let weights = Composites.weights(
            publicKey: privateKey.publicKey, blinded: blinded, evaluated: evaluated)
        self.blinded = try Composites.fold(blinded, weights)
        self.evaluated = try privateKey.scalar * self.blinded
    }

    private static func fold(
        _ elements: [Ristretto255.Element], _ weights: [Ristretto255.Scalar]
    ) throws(Ristretto255.DegenerateResult) -> Ristretto255.Element {
        var sum: Ristretto255.Element?
        for (element, weight) in zip(elements, weights) {
            let term = try weight * element
            sum = if let sum { try sum + term } else { term }
        }
        guard let sum else { throw Ristretto255.DegenerateResult() }
        return sum
    }

    private static func weights(
        publicKey: ServerPublicKey, blinded: [Ristretto255.Element], evaluated: [Ristretto255.Element]
    ) -> [Ristretto255.Scalar] {
        var seedHash = SHA512()
        seedHash.update(bigEndian: UInt16(Bytes32.count))
        seedHash.update(publicKey.encoded)
        seedHash.update(bigEndian: UInt16(Suite.seedTag.count))
        seedHash.update(Suite.seedTag)
        let seed = seedHash.finalize()

        var prefix = MessageExpander(domainSeparationTag: Suite.hashToScalarTag)
        prefix.update(bigEndian: UInt16(Bytes64.count))
        prefix.update(seed)
        return blinded.indices.map { index in
            var expander = prefix
            expander.update(bigEndian: UInt16(truncatingIfNeeded: index))
            expander.update(bigEndian: UInt16(Bytes32.count))
            expander.update(blinded[index].encoded)
            expander.update(bigEndian: UInt16(Bytes32.count))
            expander.update(evaluated[index].encoded)
            expander.update(Suite.composite)
            return Ristretto255.Scalar(reducing: expander.finalize())
        }
    }
}
