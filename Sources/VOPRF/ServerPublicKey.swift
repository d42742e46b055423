public import LibSodium

/// A server's public key: an element, 32 bytes encoded (RFC 9497, section 3.2).
public struct ServerPublicKey: Sendable, Hashable {
    /// The element `skS · G`.
    public let element: Ristretto255.Element

    /// The key that is this element.
    public init(_ element: Ristretto255.Element) { self.element = element }

    /// Decodes 32 bytes strictly: canonical, and not the identity.
    public init(decoding bytes: some Collection<UInt8>) throws(Ristretto255.DecodingError) {
        element = try Ristretto255.Element(decoding: bytes)
    }

    /// The canonical encoding, 32 bytes.
    public var encoded: Bytes32 { element.encoded }
}
