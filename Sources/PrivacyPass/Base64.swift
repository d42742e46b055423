/// The base64 of RFC 4648, section 4, always padded: what C2SP's notes and checkpoints use.
package enum Base64 {
    /// The padded text for bytes.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: Base64URL.encode(bytes).utf8.map { toStandard[$0] ?? $0 }, as: UTF8.self)
    }

    /// The bytes in a padded text, or `nil` for any other character, a wrong amount of padding or bits left over that
    /// are not zero. Variable-time.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0, !characters.contains(where: { toStandard[$0] != nil }) else { return nil }
        return Base64URL.decode(String(decoding: characters.map { toURL[$0] ?? $0 }, as: UTF8.self))
    }

    private static let toStandard: [UInt8: UInt8] = [
        UInt8(ascii: "-"): UInt8(ascii: "+"), UInt8(ascii: "_"): UInt8(ascii: "/"),
    ]
    private static let toURL: [UInt8: UInt8] = [
        UInt8(ascii: "+"): UInt8(ascii: "-"), UInt8(ascii: "/"): UInt8(ascii: "_"),
    ]
}
