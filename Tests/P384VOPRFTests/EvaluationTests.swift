import LibSodium
import P384VOPRF
import Testing
import TestSupport

/// What a client makes of hostile evaluations.
struct EvaluationTests {
    private static func refusal(_ evaluation: [UInt8], of blinded: consuming P384BlindedInput) -> P384VOPRFError? {
        do throws(P384VOPRFError) {
            _ = try blinded.finalize(evaluation)
            return nil
        } catch {
            return error
        }
    }

    @Test func aDamagedEvaluationIsRefused() throws {
        let key = try P384PrivateKey()
        let input = Randomness.bytes(98)
        let evaluation = try key.evaluate(blinded: key.publicKey.blind(input).element)
        for copy in Damage.copies(of: evaluation, .truncation) {
            #expect(try Self.refusal(copy.bytes, of: key.publicKey.blind(input)) == .invalidEvaluation, "\(copy.what)")
        }
        #expect(try Self.refusal(evaluation + [0], of: key.publicKey.blind(input)) == .invalidEvaluation)
        // Flipped bits in the evaluation of the very element that is finalized.
        for bit in Array(0..<8) + stride(from: 8, to: 145 * 8, by: 7) {
            let blinded = try key.publicKey.blind(input)
            var bytes = try key.evaluate(blinded: blinded.element)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let isElement = P384Element.isValid(Array(bytes.prefix(49)))
            let refusal = Self.refusal(bytes, of: blinded)
            #expect(refusal == .invalidProof || (refusal == .invalidEvaluation && (!isElement || bit >= 49 * 8)), "\(bit)")
        }
    }

    @Test func anEvaluationUnderAnotherKeyOrOfAnotherElementIsRefused() throws {
        let (key, other) = try (P384PrivateKey(), P384PrivateKey())
        let input = Randomness.bytes(98)
        let first = try key.publicKey.blind(input)
        let second = try key.publicKey.blind(input)
        let answer = try key.evaluate(blinded: first.element)
        #expect(try Self.refusal(other.evaluate(blinded: first.element), of: first) == .invalidProof)
        #expect(Self.refusal(answer, of: second) == .invalidProof)
    }

    /// The library would reduce such scalars, and take another encoding of a proof for the proof.
    @Test func aProofsScalarsAreFromOneToTheOrderLessOne() throws {
        let key = try P384PrivateKey()
        let blinded = try key.publicKey.blind([1])
        let evaluation = try key.evaluate(blinded: blinded.element)
        let bad = [[UInt8](repeating: 0, count: 48), P384VOPRFTests.order, [UInt8](repeating: 0xff, count: 48)]
        for scalar in bad {
            for other in bad + [Array(evaluation[49..<97])] {
                let element = evaluation.prefix(49)
                #expect(try Self.refusal(element + scalar + other, of: key.publicKey.blind([1])) == .invalidEvaluation)
                #expect(try Self.refusal(element + other + scalar, of: key.publicKey.blind([1])) == .invalidEvaluation)
            }
        }
    }

    /// `s·G + c·B` is the identity for `c = 1` and `s = -k`: the library would stop the process.
    @Test func aProofThatLeadsToTheIdentityIsRefusedByWhoKnowsTheKey() throws {
        let one = [UInt8](repeating: 0, count: 47) + [1]
        // The order less a small key.
        let key = try P384PrivateKey(decoding: SecretBytes(copying: [UInt8](repeating: 0, count: 47) + [5]))
        let minusKey = P384VOPRFTests.order.dropLast() + [P384VOPRFTests.order[47] - 5]
        let blinded = try key.publicKey.blind([1])
        let element = try key.evaluate(blinded: blinded.element).prefix(49)
        #expect(Self.refusal(element + one + minusKey, of: blinded) == .invalidProof)
    }

    /// `s·C + c·D` is the identity for `c = s` and `D = -C`, which whoever sees `C` can answer.
    @Test func aProofThatLeadsToTheIdentityIsRefusedByWhoSeesTheElement() throws {
        let key = try P384PrivateKey()
        let blinded = try key.publicKey.blind([1])
        let negative = [blinded.element[0] ^ 1] + blinded.element.dropFirst()
        let two = [UInt8](repeating: 0, count: 47) + [2]
        #expect(Self.refusal(negative + two + two, of: blinded) == .invalidProof)
    }
}
