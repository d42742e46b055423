/// A token type: two bytes that name an issuance protocol (RFC 9577, section 5.2; RFC 9578, section 8).
public struct TokenType: RawRepresentable, Sendable, Hashable {
    /// The code point, which stands big-endian on the wire.
    public let rawValue: UInt16

    /// The type with this code point, whether or not this library implements it.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// VOPRF (ristretto255, SHA-512), 0x0005: the code point that the batched tokens draft suggests.
    public static let voprfRistretto255 = TokenType(rawValue: 0x0005)

    /// Nk: how many bytes an authenticator of this type has, or `nil` for a type not implemented here.
    public var authenticatorCount: Int? { self == .voprfRistretto255 ? 64 : nil }

    /// Whether this is one of the values reserved so that clients learn to skip what they do not know
    /// (RFC 9577, section 5.2.1).
    public var isGrease: Bool { TokenType.greaseValues.contains(rawValue) }

    /// The reserved values.
    public static let greaseValues: [UInt16] = [
        0x0000, 0x02AA, 0x1132, 0x2E96, 0x3CD3, 0x4473, 0x5A63, 0x6D32, 0x7F3F, 0x8D07, 0x916B, 0xA6A4,
        0xBEAB, 0xC3F3, 0xDA42, 0xE944, 0xF057,
    ]
}

extension ByteReader {
    /// The next two bytes, which must name a type that this library implements.
    mutating func tokenType() throws(MessageError) -> TokenType {
        let type = TokenType(rawValue: try uint16())
        guard type.authenticatorCount != nil else { throw .unsupportedTokenType }
        return type
    }
}
