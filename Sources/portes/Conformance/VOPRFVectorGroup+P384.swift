import LibSodium
import P384VOPRF
import PrivacyPass

/// The suite P384-SHA384 of RFC 9497, as far as the library lets its numbers be given.
extension VOPRFVectorGroup {
    private static let p384Context = Array("OPRFV1-".utf8) + [1] + Array("-P384-SHA384".utf8)

    func checkP384(_ vector: Vector) -> ConformanceOutcome {
        do {
            if let modeName { try require(modeName == "voprf", "modeName") }
            if let contextString { try require(Hexadecimal.decode(contextString) == Self.p384Context, "contextString") }
            if let hashToGroupDST {
                let expected = Array("HashToGroup-".utf8) + Self.p384Context
                try require(Hexadecimal.decode(hashToGroupDST) == expected, "hashToGroupDST")
            }
            try checkP384(vector, key: try p384Key())
            return .passed(
                unchecked: "key derivation, blinds and proofs were not checked: the library lets none be fixed")
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    private func p384Key() throws -> P384PrivateKey {
        let scalar = try bytes(skS, "skS")
        let key = try named("skS") { try P384PrivateKey(decoding: SecretBytes(copying: scalar)) }
        try require(bytes(pkS, "pkS") == key.publicKey.encoded, "pkS")
        _ = try bytes(seed, "seed")
        _ = try bytes(keyInfo, "keyInfo")
        return key
    }

    private func checkP384(_ vector: Vector, key: P384PrivateKey) throws {
        let inputs = try list(vector.inputs, "inputs")
        let blinded = try list(vector.blindedElements, "blindedElements")
        let evaluated = try list(vector.evaluatedElements, "evaluatedElements")
        let outputs = try list(vector.outputs, "outputs")
        let counts = try [blinded, evaluated, outputs, list(vector.blinds, "blinds")].map(\.count)
        try require(inputs.count == vector.batchSize && counts.allSatisfy { $0 == inputs.count }, "batchSize")
        try require(bytes(vector.proof, "proof").count == 96, "proof")
        try require(bytes(vector.proofRandomScalar, "proofRandomScalar").count == 48, "proofRandomScalar")
        for index in inputs.indices {
            let evaluation = try named("blindedElements") { try key.evaluate(blinded: blinded[index]) }
            try require(Array(evaluation.prefix(P384Element.encodedCount)) == evaluated[index], "evaluatedElements")
            let output = try named("inputs") { try key.evaluate(inputs[index]) }
            try require(output == outputs[index], "outputs")
        }
    }
}
