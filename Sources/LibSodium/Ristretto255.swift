/// The prime-order group ristretto255 (RFC 9496).
public enum Ristretto255 {
    /// Why 32 bytes are not an element or a scalar.
    public enum DecodingError: Error, Sendable, Hashable {
        /// There are not exactly 32 bytes.
        case wrongLength
        /// The bytes are not the canonical encoding of any element, or of a scalar below the group order.
        case notCanonical
        /// The bytes encode the identity element, which RFC 9497 section 3.3 forbids on the wire.
        case identity
    }

    /// An operation gave the identity element, or inverted zero.
    ///
    /// Happens with negligible probability unless somebody constructed the input for it.
    public struct DegenerateResult: Error, Sendable, Hashable {
        /// Makes the error.
        package init() {}
    }
}
