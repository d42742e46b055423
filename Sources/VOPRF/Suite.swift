internal import LibSodium

/// The constants of ristretto255-SHA512 in VOPRF mode (RFC 9497, sections 3.1 and 4.1).
enum Suite {
    /// `OPRFV1-`, the mode as a raw byte, `-` and the identifier: 28 bytes.
    static let context: [UInt8] = Array("OPRFV1-".utf8) + [0x01] + Array("-ristretto255-SHA512".utf8)

    static let hashToGroupTag = Array("HashToGroup-".utf8) + context
    static let hashToScalarTag = Array("HashToScalar-".utf8) + context
    // No hyphen: RFC 9497, section 3.2.1.
    static let deriveKeyPairTag = Array("DeriveKeyPair".utf8) + context
    static let seedTag = Array("Seed-".utf8) + context

    static let composite = Array("Composite".utf8)
    static let challenge = Array("Challenge".utf8)
    static let finalize = Array("Finalize".utf8)

    static func hashToGroup(_ input: [UInt8]) throws(Ristretto255.DegenerateResult) -> Ristretto255.Element {
        try Ristretto255.Element(hashing: input, domainSeparationTag: hashToGroupTag)
    }

    /// The last step of Finalize and of Evaluate: SHA-512(LP(input) ‖ LP(element) ‖ "Finalize").
    static func output(input: [UInt8], element: Ristretto255.Element) -> Bytes64 {
        var hash = SHA512()
        hash.update(bigEndian: UInt16(truncatingIfNeeded: input.count))
        hash.update(input)
        hash.update(bigEndian: UInt16(Bytes32.count))
        hash.update(element.encoded)
        hash.update(finalize)
        return hash.finalize()
    }
}
