import LibSodium
import Testing
import VOPRF

@Suite struct ProofTests {
    private let inputs = (0..<4).map { [UInt8($0), 0xaa] }

    @Test(arguments: [1, 2, 5])
    func aBatchIsFinalizedToWhatTheServerEvaluates(count: Int) throws {
        let key = try ServerPrivateKey()
        let publicKey = key.publicKey
        let inputs = (0..<count).map { [UInt8($0)] }
        let blinding = try Blinding(inputs)
        let evaluation = try key.blindEvaluate(blinding.blindedElements)
        let outputs = try blinding.finalize(evaluation, publicKey: publicKey)
        #expect(outputs.count == count)
        for (input, output) in zip(inputs, outputs) {
            let again = try key.evaluate(input)
            #expect(again == output)
        }
    }

    @Test func anyFlippedBitOfTheProofIsRefused() throws {
        let key = try ServerPrivateKey()
        let publicKey = key.publicKey
        let blinding = try Blinding(inputs)
        let blinded = blinding.blindedElements
        let evaluation = try key.blindEvaluate(blinded)
        let isValid = evaluation.proof.isValid(
            publicKey: publicKey, blinded: blinded, evaluated: evaluation.elements)
        #expect(isValid)
        for bit in 0..<512 {
            var changed = evaluation.proof.encoded.bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            guard let proof = try? Proof(decoding: changed) else { continue }
            let isValid = proof.isValid(publicKey: publicKey, blinded: blinded, evaluated: evaluation.elements)
            #expect(!isValid, "bit \(bit)")
        }
    }

    @Test func anotherKeySwappedItemsAndWrongCountsAreRefused() throws {
        let key = try ServerPrivateKey()
        let other = try ServerPrivateKey()
        let publicKey = key.publicKey
        let otherPublicKey = other.publicKey
        let blinding = try Blinding(inputs)
        let blinded = blinding.blindedElements
        let evaluation = try key.blindEvaluate(blinded)
        func isValid(_ evaluated: [Ristretto255.Element], _ blinded: [Ristretto255.Element]) -> Bool {
            evaluation.proof.isValid(publicKey: publicKey, blinded: blinded, evaluated: evaluated)
        }
        var swapped = evaluation.elements
        swapped.swapAt(0, 1)
        #expect(!isValid(swapped, blinded))
        #expect(!isValid(Array(evaluation.elements.dropLast()), blinded))
        #expect(!isValid(Array(evaluation.elements.dropLast()), Array(blinded.dropLast())))
        #expect(!isValid([], []))
        let underOther = evaluation.proof.isValid(
            publicKey: otherPublicKey, blinded: blinded, evaluated: evaluation.elements)
        #expect(!underOther)

        let mixed = try Evaluation(
            elements: evaluation.elements.dropLast() + other.blindEvaluate([blinded[3]]).elements,
            proof: evaluation.proof)
        #expect(throws: Blinding.FinalizationError.invalidProof) {
            let again = try Blinding(inputs)
            _ = try again.finalize(mixed, publicKey: publicKey)
        }
    }

    @Test func anAnswerOfAnotherKeyIsNeverUnblinded() throws {
        let key = try ServerPrivateKey()
        let other = try ServerPrivateKey()
        let publicKey = key.publicKey
        #expect(throws: Blinding.FinalizationError.invalidProof) {
            let blinding = try Blinding(inputs)
            let evaluation = try other.blindEvaluate(blinding.blindedElements)
            _ = try blinding.finalize(evaluation, publicKey: publicKey)
        }
        #expect(throws: Blinding.FinalizationError.wrongCount) {
            let blinding = try Blinding(inputs)
            let evaluation = try key.blindEvaluate(Array(blinding.blindedElements.dropLast()))
            _ = try blinding.finalize(evaluation, publicKey: publicKey)
        }
    }

    @Test func whatCannotBeBlindedOrEvaluatedIsSaidSo() throws {
        let key = try ServerPrivateKey()
        #expect(throws: EvaluationError.wrongCount) { try key.blindEvaluate([]) }
        #expect(throws: Blinding.BlindingError.wrongCount) { _ = try Blinding([]) }
        #expect(throws: Blinding.BlindingError.inputTooLong) {
            _ = try Blinding([[UInt8](repeating: 0, count: 65_535)])
        }
        #expect(throws: EvaluationError.wrongCount) { try key.evaluate([UInt8](repeating: 0, count: 65_535)) }
        #expect(throws: ServerPrivateKey.KeyError.notAScalar) {
            _ = try ServerPrivateKey(decoding: SecretBytes(copying: [UInt8](repeating: 0, count: 32)))
        }
        #expect(throws: ServerPrivateKey.KeyError.infoTooLong) {
            _ = try ServerPrivateKey(
                derivingFrom: SecretBytes(randomCount: 32), info: [UInt8](repeating: 0, count: 65_536))
        }
    }

    @Test func twoBlindingsOfOneInputShareNothing() throws {
        let first = try Blinding([[1]])
        let second = try Blinding([[1]])
        let (one, other) = (first.blindedElements, second.blindedElements)
        #expect(one != other)
    }
}
