import LibSodium
import Testing
@testable import VOPRF

@Suite struct VectorTests {
    @Test func theKeyPairIsDerivedAsInRFC9497() throws {
        let answers = try KnownAnswers.voprf()
        #expect(try Suite.context == bytes(answers.contextString))
        let key = try ServerPrivateKey(
            derivingFrom: SecretBytes(copying: bytes(answers.seed)), info: bytes(answers.keyInfo))
        let secret = key.encoded().withUnsafeBytes { Array($0) }
        #expect(try secret == bytes(answers.skS))
        let publicKey = key.publicKey
        #expect(try publicKey.encoded.bytes == bytes(answers.pkS))
    }

    @Test func everyFieldOfEveryVectorIsReproduced() throws {
        let answers = try KnownAnswers.voprf()
        #expect(answers.vectors.count == 3)
        let key = try ServerPrivateKey(decoding: SecretBytes(copying: bytes(answers.skS)))
        let publicKey = key.publicKey
        for vector in answers.vectors {
            let inputs = try vector.inputs.map(bytes)
            let blinds = try SecretScalarList(decoding: SecretBytes(copying: vector.blinds.flatMap(bytes)))
            let blinding = try Blinding(inputs, blinds: blinds)
            let blinded = blinding.blindedElements
            #expect(try blinded.map(\.encoded.bytes) == vector.blindedElements.map(bytes))

            let commitment = try SecretScalar(
                decoding: SecretBytes(copying: bytes(#require(vector.proofRandomScalar))))
            let evaluation = try key.blindEvaluate(blinding.blindedElements, commitment: commitment)
            #expect(try evaluation.elements.map(\.encoded.bytes) == vector.evaluatedElements.map(bytes))
            #expect(try evaluation.proof.encoded.bytes == bytes(#require(vector.proof)))

            let outputs = try blinding.finalize(evaluation, publicKey: publicKey)
            #expect(try outputs.map(\.bytes) == vector.outputs.map(bytes))
            for (input, output) in zip(inputs, outputs) {
                let again = try key.evaluate(input)
                #expect(again == output)
            }
        }
    }
}
