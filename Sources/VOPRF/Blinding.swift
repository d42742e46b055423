public import LibSodium

/// A client's side of one batch: the inputs, and the blinds that hide them from the server.
///
/// Cannot be copied: ``finalize(_:publicKey:)`` consumes it, since two answers to one blinding would let a server
/// try two keys on it.
public struct Blinding: ~Copyable, Sendable {
    private let inputs: [[UInt8]]
    private let blinds: SecretScalarList
    /// The blinded elements to send, in the order of the inputs.
    public let blindedElements: [Ristretto255.Element]

    /// Why inputs could not be blinded.
    public enum BlindingError: Error, Sendable, Hashable {
        /// There are no inputs, more than 65,535, or not as many as blinds.
        case wrongCount
        /// An input has more than 65,534 bytes.
        case inputTooLong
        /// An input hashes to the identity: does not happen by chance.
        case degenerate
    }

    /// Why an answer was refused.
    public enum FinalizationError: Error, Sendable, Hashable {
        /// The answer has another number of elements than were sent.
        case wrongCount
        /// The proof does not hold: the server used another key, or the answer was changed.
        case invalidProof
        /// Unblinding gave the identity: does not happen by chance.
        case degenerate
    }

    /// Blind (RFC 9497, section 3.3.1) for 1 to 65,535 inputs, each with a fresh random blind.
    public init(_ inputs: [[UInt8]]) throws(BlindingError) {
        try self.init(inputs, blinds: SecretScalarList(randomCount: inputs.count))
    }

    /// Blind with the blinds given: a blind used twice links its two requests.
    package init(_ inputs: [[UInt8]], blinds: consuming SecretScalarList) throws(BlindingError) {
        guard (1...Int(UInt16.max)).contains(inputs.count), blinds.count == inputs.count else {
            throw .wrongCount
        }
        var blinded: [Ristretto255.Element] = []
        blinded.reserveCapacity(inputs.count)
        for (index, input) in inputs.enumerated() {
            guard input.count < Int(UInt16.max) else { throw .inputTooLong }
            do {
                blinded.append(try blinds.multiply(Suite.hashToGroup(input), byScalarAt: index))
            } catch {
                throw .degenerate
            }
        }
        self.inputs = inputs
        self.blinds = blinds
        blindedElements = blinded
    }

    /// The blinds, 32 bytes little-endian each, for storing a pending request sealed.
    package borrowing func encodedBlinds() -> SecretBytes { blinds.encoded() }

    /// Finalize (RFC 9497, section 3.3.2): checks the proof before anything is unblinded, then gives one output of
    /// 64 secret bytes for each input, in order.
    public consuming func finalize(
        _ evaluation: Evaluation, publicKey: ServerPublicKey
    ) throws(FinalizationError) -> [Bytes64] {
        guard evaluation.elements.count == inputs.count else { throw .wrongCount }
        guard
            evaluation.proof.isValid(
                publicKey: publicKey, blinded: blindedElements, evaluated: evaluation.elements)
        else { throw .invalidProof }
        let inverses = blinds.inverted()
        var outputs: [Bytes64] = []
        outputs.reserveCapacity(inputs.count)
        for (index, element) in evaluation.elements.enumerated() {
            do {
                let unblinded = try inverses.multiply(element, byScalarAt: index)
                outputs.append(Suite.output(input: inputs[index], element: unblinded))
            } catch {
                throw .degenerate
            }
        }
        return outputs
    }
}
