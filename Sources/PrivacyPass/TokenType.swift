/// A token type: two bytes that name an issuance protocol (RFC 9577, section 5.2; RFC 9578, section 8).
public struct TokenType: RawRepresentable, Sendable, Hashable {
    /// The code point, which stands big-endian on the wire.
    public let rawValue: UInt16

    /// The type with this code point, whether or not this library implements it.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The types that this library implements.
    public static var implemented: [TokenType] { TokenSchemes.all.map(\.tokenType) }

    /// What the registry calls the type, or `nil` for a type not implemented here.
    public var name: String? { scheme?.name }

    /// Nk: how many bytes an authenticator of this type has, or `nil` for a type not implemented here.
    public var authenticatorCount: Int? { scheme?.authenticatorCount }

    /// Whether tokens of the type are verified with the public key alone. Where they are not, or the type is not
    /// implemented here, whoever verifies them can make them too.
    public var isPubliclyVerifiable: Bool { scheme?.isPubliclyVerifiable ?? false }

    /// Whether this is one of the values reserved so that clients learn to skip what they do not know
    /// (RFC 9577, section 5.2.1).
    public var isGrease: Bool { TokenType.greaseValues.contains(rawValue) }

    /// The reserved values.
    public static let greaseValues: [UInt16] = [
        0x0000, 0x02AA, 0x1132, 0x2E96, 0x3CD3, 0x4473, 0x5A63, 0x6D32, 0x7F3F, 0x8D07, 0x916B, 0xA6A4,
        0xBEAB, 0xC3F3, 0xDA42, 0xE944, 0xF057,
    ]
}

extension TokenType: CustomStringConvertible {
    /// The code point as the registry writes it, for example `0x0002`.
    public var description: String { "0x" + Hexadecimal.encode([UInt8(rawValue >> 8), UInt8(rawValue & 0xff)]) }
}

extension ByteReader {
    /// The next two bytes, which must name a type that this library implements.
    mutating func tokenType() throws(MessageError) -> TokenType { try tokenScheme().tokenType }

    /// The scheme that the next two bytes name.
    mutating func tokenScheme() throws(MessageError) -> any TokenScheme {
        guard let scheme = TokenType(rawValue: try uint16()).scheme else { throw .unsupportedTokenType }
        return scheme
    }
}
