public import LibSodium

/// A request for several tokens under one key, to be answered with one proof
/// (draft-ietf-privacypass-batched-tokens-07, section 5).
///
/// Of type 0x0005 only: a VOPRF over P-384 could have such batches and has none here.
///
/// `token_type (2) ‖ truncated_token_key_id (1) ‖ varint(32 · n) ‖ n blinded elements (32 each)`
public struct AmortizedBatchTokenRequest: Sendable, Hashable {
    /// The token type.
    public let tokenType: TokenType
    /// The last byte of the key id.
    public let truncatedKeyID: UInt8
    /// The blinded elements, at least one.
    public let blindedElements: [Ristretto255.Element]

    /// How many items this library accepts in one batch unless told otherwise.
    public static let defaultMaximumCount = 100

    /// A request under a key; throws ``MessageError/emptyBatch`` for no elements and ``MessageError/tooManyItems``
    /// for more than the 65,535 that one proof covers.
    public init(truncatedKeyID: UInt8, blindedElements: [Ristretto255.Element]) throws(MessageError) {
        guard !blindedElements.isEmpty else { throw .emptyBatch }
        guard blindedElements.count <= Int(UInt16.max) else { throw .tooManyItems }
        tokenType = RistrettoVOPRFScheme.only
        self.truncatedKeyID = truncatedKeyID
        self.blindedElements = blindedElements
    }

    /// Decodes the exact bytes of a request with 1 to `maximumCount` elements, each decoded strictly.
    public init(
        decoding bytes: [UInt8], maximumCount: Int = AmortizedBatchTokenRequest.defaultMaximumCount
    ) throws(MessageError) {
        var reader = ByteReader(bytes)
        tokenType = try reader.tokenType()
        // Other types with elements could have such batches; none here has.
        guard tokenType == RistrettoVOPRFScheme.only else { throw .unsupportedTokenType }
        truncatedKeyID = try reader.uint8()
        blindedElements = try reader.elementList(maximumCount: maximumCount)
        try reader.finish()
    }

    /// The encoding: 35 bytes for each element but for the shared header.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 7 + blindedElements.count * Bytes32.count)
        writer.append(tokenType.rawValue)
        writer.append(truncatedKeyID)
        writer.append(elementList: blindedElements)
        return writer.bytes
    }
}

extension ByteReader {
    /// A list of elements after its length in bytes; the length is checked before anything is read or allocated.
    mutating func elementList(maximumCount: Int) throws(MessageError) -> [Ristretto255.Element] {
        guard let byteCount = Int(exactly: try variableSizeInteger()) else { throw .tooManyItems }
        guard byteCount % Bytes32.count == 0 else { throw .invalidLength }
        let count = byteCount / Bytes32.count
        guard count > 0 else { throw .emptyBatch }
        guard count <= maximumCount else { throw .tooManyItems }
        guard byteCount <= remaining else { throw .truncated }
        var elements: [Ristretto255.Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element()) }
        return elements
    }
}

extension ByteWriter {
    /// Appends a list of elements after its length in bytes.
    mutating func append(elementList elements: [Ristretto255.Element]) {
        append(variableSizeInteger: UInt64(elements.count * Bytes32.count))
        for element in elements { append(element.encoded) }
    }
}
