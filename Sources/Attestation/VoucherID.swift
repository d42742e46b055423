internal import PrivacyPass

/// The name by which an admin speaks of a voucher without knowing its code: 8 bytes, written as 16 digits.
package struct VoucherID: Sendable, Hashable {
    /// The number of bytes: 8.
    package static let count = 8

    /// The 8 bytes.
    package let bytes: [UInt8]

    /// The id of the voucher whose hash begins with these bytes; there are at least 8.
    init(prefix bytes: [UInt8]) { self.bytes = Array(bytes.prefix(Self.count)) }

    /// The id in a text of 16 hexadecimal digits, or `nil`.
    package init?(text: String) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// The id as 16 lower-case hexadecimal digits.
    package var text: String { Hexadecimal.encode(bytes) }
}
