internal import LibSodium
public import VOPRF

/// The answer to a ``TokenRequest`` (RFC 9578, section 5.2, with the type of the batched tokens draft).
///
/// `evaluated element (32) ‖ proof (64)`, 96 bytes. The proof is checked when a token is finalized.
public struct TokenResponse: Sendable, Hashable {
    /// The one evaluated element with its proof.
    public let evaluation: Evaluation

    /// The encoded number of bytes: 96.
    public static let encodedCount = 96

    /// An answer with one evaluated element; any other number throws ``MessageError/invalidLength``.
    public init(_ evaluation: Evaluation) throws(MessageError) {
        guard evaluation.elements.count == 1 else { throw .invalidLength }
        self.evaluation = evaluation
    }

    /// Decodes exactly 96 bytes; element and scalars are decoded strictly.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        let element = try reader.element()
        evaluation = Evaluation(elements: [element], proof: try reader.proof())
        try reader.finish()
    }

    /// The encoding, 96 bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: TokenResponse.encodedCount)
        for element in evaluation.elements { writer.append(element.encoded) }
        writer.append(evaluation.proof.encoded)
        return writer.bytes
    }
}

extension ByteReader {
    /// The next proof, 64 bytes, decoded strictly.
    mutating func proof() throws(MessageError) -> Proof {
        let encoded = try take(Proof.encodedCount)
        do {
            return try Proof(decoding: encoded)
        } catch {
            throw .invalidEncoding
        }
    }
}
