/// The name of a key that signs notes: not empty, without white space, control characters or `+` (C2SP signed-note).
///
/// A log's is its origin, such as `issuer.example/log`.
public struct NoteKeyName: Sendable, Hashable, CustomStringConvertible {
    /// The name, at most 255 bytes of UTF-8.
    public let text: String

    /// The name in this text, or `nil` if it is not one.
    public init?(_ text: some StringProtocol) {
        guard (1...255).contains(text.utf8.count),
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0 == "+" })
        else { return nil }
        self.text = String(text)
    }

    /// The name.
    public var description: String { text }

    /// Names are equal if their bytes are: two spellings that Unicode takes for one are two names.
    public static func == (left: NoteKeyName, right: NoteKeyName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(Array(text.utf8)) }
}
