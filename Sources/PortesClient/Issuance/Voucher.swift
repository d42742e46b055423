/// A code that an issuer takes for tokens. Whoever has it can use it up, so it has no description.
public struct Voucher: Sendable {
    /// The code, if there is one.
    let text: String?

    /// No voucher, for an issuer that asks for none: one in development.
    public static let notNeeded = Voucher()

    private init() { text = nil }

    /// The largest number of characters: 512.
    public static let maximumCount = 512

    /// The voucher in `text`, with white space around it ignored, or `nil` unless 1 to 512 characters of a bearer
    /// token are left (RFC 6750, section 2.1).
    public init?(_ text: String) {
        let space = Set(" \t\r\n".utf8)
        let bytes = Array(text.utf8.drop { space.contains($0) }.reversed().drop { space.contains($0) }.reversed())
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=".utf8)
        guard (1...Voucher.maximumCount).contains(bytes.count), bytes.allSatisfy(allowed.contains) else { return nil }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// The field that presents the voucher, if there is one.
    var header: HeaderField? { text.map { HeaderField("authorization", "Bearer \($0)") } }
}

extension Voucher: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a voucher.
    public var description: String { "Voucher" }
    /// Shows no part of the voucher.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
