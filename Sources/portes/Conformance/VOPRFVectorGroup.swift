import LibSodium
import PrivacyPass
import VOPRF

/// The vectors of one suite and mode of RFC 9497, appendix A.
struct VOPRFVectorGroup: Decodable {
    let suite: String
    let mode: Int
    let modeName: String?
    let contextString: String?
    let hashToGroupDST: String?
    let seed: String?
    let keyInfo: String?
    let skS: String?
    let pkS: String?
    let vectors: [Vector]

    struct Vector: Decodable {
        let batchSize: Int?
        let inputs: [String]?
        let blinds: [String]?
        let blindedElements: [String]?
        let evaluatedElements: [String]?
        let outputs: [String]?
        let proof: String?
        let proofRandomScalar: String?
    }

    private static let context = Array("OPRFV1-".utf8) + [1] + Array("-ristretto255-SHA512".utf8)

    func check(_ vector: Vector) -> ConformanceOutcome {
        if suite == "P384-SHA384", mode == 1 { return checkP384(vector) }
        guard suite == "ristretto255-SHA512", mode == 1 else {
            // Another suite is skipped only if its context agrees that it is one.
            let isOurs = contextString.map { Hexadecimal.decode($0) == Self.context } ?? false
            return isOurs ? .failed("suite and mode") : .skipped
        }
        do {
            try checkNames()
            let privateKey = try checkKeys()
            try check(vector, privateKey: privateKey)
            return .passed()
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    private func checkNames() throws(ConformanceMismatch) {
        if let modeName { try require(modeName == "voprf", "modeName") }
        if let contextString { try require(Hexadecimal.decode(contextString) == Self.context, "contextString") }
        if let hashToGroupDST {
            try require(
                Hexadecimal.decode(hashToGroupDST) == Array("HashToGroup-".utf8) + Self.context, "hashToGroupDST")
        }
    }

    private func checkKeys() throws -> ServerPrivateKey {
        let scalar = try bytes(skS, "skS")
        let key = try named("skS") { try ServerPrivateKey(decoding: SecretBytes(copying: scalar)) }
        let publicKey = key.publicKey
        try require(bytes(pkS, "pkS") == publicKey.encoded.bytes, "pkS")
        let seedBytes = SecretBytes(copying: try bytes(seed, "seed"))
        let info = try bytes(keyInfo, "keyInfo")
        let derived = try named("seed") { try ServerPrivateKey(derivingFrom: seedBytes, info: info) }
        let derivedPublicKey = derived.publicKey
        try require(derivedPublicKey == publicKey, "DeriveKeyPair(seed, keyInfo)")
        return key
    }

    private func check(_ vector: Vector, privateKey: borrowing ServerPrivateKey) throws {
        let inputs = try list(vector.inputs, "inputs")
        try require(vector.batchSize == nil || vector.batchSize == inputs.count, "batchSize")
        let encodedBlinds = SecretBytes(copying: try list(vector.blinds, "blinds").flatMap(\.self))
        let blinds = try named("blinds") { try SecretScalarList(decoding: encodedBlinds) }
        let blinding = try Blinding(inputs, blinds: blinds)
        let blinded = blinding.blindedElements
        try require(blinded.map(\.encoded.bytes) == list(vector.blindedElements, "blindedElements"), "blindedElements")

        let random = SecretBytes(copying: try bytes(vector.proofRandomScalar, "proofRandomScalar"))
        let commitment = try named("proofRandomScalar") { try SecretScalar(decoding: random) }
        let evaluation = try privateKey.blindEvaluate(blinded, commitment: commitment)
        try require(
            evaluation.elements.map(\.encoded.bytes) == list(vector.evaluatedElements, "evaluatedElements"),
            "evaluatedElements")
        try require(evaluation.proof.encoded.bytes == bytes(vector.proof, "proof"), "proof")

        let outputs = try blinding.finalize(evaluation, publicKey: privateKey.publicKey)
        try require(outputs.map(\.bytes) == list(vector.outputs, "outputs"), "outputs")
        for (input, output) in zip(inputs, outputs) {
            let evaluated = try privateKey.evaluate(input)
            try require(evaluated == output, "Evaluate(input)")
        }
    }
}

/// The bytes of a member in hexadecimal digits.
func bytes(_ text: String?, _ field: String) throws(ConformanceMismatch) -> [UInt8] {
    guard let bytes = text.flatMap({ Hexadecimal.decode($0) }) else { throw ConformanceMismatch(field) }
    return bytes
}

/// The bytes of a member that is a list of texts in hexadecimal digits.
func list(_ texts: [String]?, _ field: String) throws(ConformanceMismatch) -> [[UInt8]] {
    guard let texts else { throw ConformanceMismatch(field) }
    var output: [[UInt8]] = []
    for text in texts { output.append(try bytes(text, field)) }
    return output
}

/// What `body` gives; whatever it throws is a mismatch of `field`.
func named<Value: ~Copyable>(
    _ field: String, _ body: () throws -> Value
) throws(ConformanceMismatch) -> Value {
    do {
        return try body()
    } catch {
        throw ConformanceMismatch(field)
    }
}
