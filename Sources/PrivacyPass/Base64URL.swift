/// The URL-safe base64 of RFC 4648, section 5.
public enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let padding = UInt8(ascii: "=")

    private static let values: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The text for bytes, with `=` at the end where `padded`.
    public static func encode(_ bytes: some Collection<UInt8>, padded: Bool = true) -> String {
        encode(array: Array(bytes), padded: padded)
    }

    // Not generic, because through a generic collection every byte costs a call.
    private static func encode(array bytes: [UInt8], padded: Bool) -> String {
        let alphabet = alphabet
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                output.append(alphabet[Int(bits >> UInt32(count) & 0x3f)])
            }
        }
        if count > 0 { output.append(alphabet[Int(bits << UInt32(6 - count) & 0x3f)]) }
        while padded, output.count % 4 != 0 { output.append(padding) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes in a text with or without padding, or `nil` for any other character, a wrong amount of padding or
    /// bits left over that are not zero. Variable-time.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        let body = characters.prefix { $0 != padding }
        let paddingCount = characters.count - body.count
        guard paddingCount == 0 || (characters.count % 4 == 0 && paddingCount <= 2) else { return nil }
        guard characters[body.endIndex...].allSatisfy({ $0 == padding }), body.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(body.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for character in body {
            guard let value = values[Int(character)] else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard bits & ((1 << UInt32(count)) - 1) == 0 else { return nil }
        return output
    }
}
