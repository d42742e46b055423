/// A named right, such as `session` or `play`. Each has keys of its own, so that a token carries its capability by
/// the key that signed it.
public struct Capability: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name: 1 to 63 characters, lower-case letters, digits and hyphens, first and last no hyphen.
    public let name: String

    /// The capability of this name, or `nil` if the name is not well formed.
    public init?(_ name: String) {
        let bytes = Array(name.utf8)
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen,
            bytes.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == hyphen
            })
        else { return nil }
        self.name = name
    }

    /// The name.
    public var description: String { name }

    /// The order of the names' bytes.
    public static func < (left: Capability, right: Capability) -> Bool { left.name < right.name }
}

extension Capability: Codable {
    /// Decodes a well-formed name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let capability = Capability(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a capability name")
        }
        self = capability
    }

    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
