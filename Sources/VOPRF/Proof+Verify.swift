public import LibSodium

extension Proof {
    /// VerifyProof (RFC 9497, section 2.2.2): whether each evaluated element is the blinded one at the same place
    /// times the scalar of `publicKey`.
    ///
    /// False also for lists that are empty, of different lengths or longer than 65,535. Variable-time.
    public func isValid(
        publicKey: ServerPublicKey, blinded: [Ristretto255.Element], evaluated: [Ristretto255.Element]
    ) -> Bool {
        guard blinded.count == evaluated.count, (1...Int(UInt16.max)).contains(blinded.count) else {
            return false
        }
        do {
            let composites = try Composites(publicKey: publicKey, blinded: blinded, evaluated: evaluated)
            let generatorCommitment =
                try Ristretto255.Element.generator(times: response) + challenge * publicKey.element
            let compositeCommitment = try response * composites.blinded + challenge * composites.evaluated
            return challenge
                == Proof.challenge(
                    publicKey: publicKey, composites: composites, generatorCommitment: generatorCommitment,
                    compositeCommitment: compositeCommitment)
        } catch {
            // A degenerate step cannot come from an honest prover, but with negligible probability.
            return false
        }
    }
}
