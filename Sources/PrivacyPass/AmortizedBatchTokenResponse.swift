internal import LibSodium
public import VOPRF

/// The answer to an ``AmortizedBatchTokenRequest`` (draft-ietf-privacypass-batched-tokens-07, section 5).
///
/// `varint(32 · n) ‖ n evaluated elements (32 each) ‖ proof (64)`. The proof is checked when tokens are finalized.
public struct AmortizedBatchTokenResponse: Sendable, Hashable {
    /// The evaluated elements, in the order of the request, with one proof.
    public let evaluation: Evaluation

    /// An answer; throws ``MessageError/emptyBatch`` for no elements and ``MessageError/tooManyItems`` for more than
    /// the 65,535 that one proof covers.
    public init(_ evaluation: Evaluation) throws(MessageError) {
        guard !evaluation.elements.isEmpty else { throw .emptyBatch }
        guard evaluation.elements.count <= Int(UInt16.max) else { throw .tooManyItems }
        self.evaluation = evaluation
    }

    /// Decodes the exact bytes of an answer with 1 to `maximumCount` elements, each decoded strictly.
    public init(
        decoding bytes: [UInt8], maximumCount: Int = AmortizedBatchTokenRequest.defaultMaximumCount
    ) throws(MessageError) {
        var reader = ByteReader(bytes)
        let elements = try reader.elementList(maximumCount: maximumCount)
        evaluation = Evaluation(elements: elements, proof: try reader.proof())
        try reader.finish()
    }

    /// The encoding.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 4 + evaluation.elements.count * Bytes32.count + Proof.encodedCount)
        writer.append(elementList: evaluation.elements)
        writer.append(evaluation.proof.encoded)
        return writer.bytes
    }
}
