public import LibSodium
public import VOPRF

/// Messages of type 0x0005 in the values that its own module computes with.
extension RistrettoVOPRFScheme {
    /// The type of messages whose elements are those of ristretto255.
    static let only = TokenType.voprfRistretto255
}

extension TokenKey {
    /// A key of type 0x0005.
    public init(_ publicKey: ServerPublicKey) {
        tokenType = .voprfRistretto255
        encoded = publicKey.encoded.bytes
        id = TokenKeyID(of: publicKey)
    }
}

extension TokenRequest {
    /// A request of type 0x0005.
    public init(truncatedKeyID: UInt8, blindedElement: Ristretto255.Element) {
        tokenType = .voprfRistretto255
        self.truncatedKeyID = truncatedKeyID
        blindedMessage = blindedElement.encoded.bytes
    }
}

extension TokenResponse {
    /// An answer of type 0x0005 with one evaluated element; any other number throws ``MessageError/invalidLength``.
    public init(_ evaluation: Evaluation) throws(MessageError) {
        guard evaluation.elements.count == 1, let element = evaluation.elements.first else { throw .invalidLength }
        tokenType = .voprfRistretto255
        encoded = element.encoded.bytes + evaluation.proof.encoded.bytes
    }

    /// What a response of type 0x0005 says; `nil` for any other type.
    public var evaluation: Evaluation? {
        tokenType == .voprfRistretto255 ? RistrettoVOPRFScheme.evaluation(encoded) : nil
    }
}
