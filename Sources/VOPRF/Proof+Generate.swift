internal import LibSodium

extension Proof {
    /// GenerateProof (RFC 9497, section 2.2.1) with a fresh random scalar; constant-time in the private key.
    init(
        privateKey: borrowing ServerPrivateKey, blinded: [Ristretto255.Element],
        evaluated: [Ristretto255.Element]
    ) throws(Ristretto255.DegenerateResult) {
        try self.init(
            privateKey: privateKey, blinded: blinded, evaluated: evaluated, commitment: SecretScalar())
    }

    /// GenerateProof with the random scalar given: two proofs that share it reveal the key, so only known-answer
    /// tests may choose it.
    init(
        privateKey: borrowing ServerPrivateKey, blinded: [Ristretto255.Element],
        evaluated: [Ristretto255.Element], commitment: consuming SecretScalar
    ) throws(Ristretto255.DegenerateResult) {
        let composites = try Composites(privateKey: privateKey, blinded: blinded, evaluated: evaluated)
        let challenge = Proof.challenge(
            publicKey: privateKey.publicKey, composites: composites,
            generatorCommitment: try Ristretto255.Element.generator(times: commitment),
            compositeCommitment: try commitment * composites.blinded)
        self.init(
            challenge: challenge,
            response: commitment.subtracting(challenge, times: privateKey.scalar))
    }

    static func challenge(
        publicKey: ServerPublicKey, composites: Composites,
        generatorCommitment: Ristretto255.Element, compositeCommitment: Ristretto255.Element
    ) -> Ristretto255.Scalar {
        var expander = MessageExpander(domainSeparationTag: Suite.hashToScalarTag)
        let transcript = [
            publicKey.element, composites.blinded, composites.evaluated, generatorCommitment,
            compositeCommitment,
        ]
        for element in transcript {
            expander.update(bigEndian: UInt16(Bytes32.count))
            expander.update(element.encoded)
        }
        expander.update(Suite.challenge)
        return Ristretto255.Scalar(reducing: expander.finalize())
    }
}
