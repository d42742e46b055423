internal import PrivacyPass

/// What a key is derived and an answer is signed for: a fixed string that names one service, such as `radio.example`.
///
/// Fixed for as long as the service has accounts: it is compared byte by byte and never resolved, and need not be the
/// domain at which the service is reached, which may change.
public struct Audience: Sendable, Hashable, CustomStringConvertible {
    /// The most bytes that an audience has: 255.
    public static let maximumCount = 255

    /// The text: 1 to 255 characters of printable ASCII without spaces.
    public let text: String

    /// The audience with this text, or `nil` if it has other characters or another length.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.maximumCount).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// The audience of 1 to 255 bytes from a message.
    init(received bytes: ArraySlice<UInt8>) throws(MessageError) {
        guard let audience = Audience(String(decoding: bytes, as: UTF8.self)) else { throw .invalidName }
        self = audience
    }

    /// The text.
    public var description: String { text }
}

extension ByteReader {
    /// Two bytes of length, and an audience of as many.
    mutating func audience() throws(MessageError) -> Audience {
        try Audience(received: take(Int(uint16())))
    }
}

extension ByteWriter {
    /// Appends two bytes of length, and a text of at most 65,535 bytes.
    mutating func append(prefixed text: String) {
        append(UInt16(truncatingIfNeeded: text.utf8.count))
        append(Array(text.utf8))
    }
}
