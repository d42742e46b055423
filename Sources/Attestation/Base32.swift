/// Base32 of RFC 4648, section 6, in lower case and without padding: easy to read out and to type.
enum Base32 {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// The text for a multiple of 5 bytes: 8 characters for each 5.
    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 5 * 8)
        for start in stride(from: 0, to: bytes.count, by: 5) {
            let group = bytes[start..<min(start + 5, bytes.count)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            for shift in stride(from: 35, through: 0, by: -5) {
                output.append(alphabet[Int(group >> UInt64(shift) & 31)])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes in a multiple of 8 characters, or `nil` for any other character or number of them.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 8) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(characters.count / 8 * 5)
        for start in stride(from: 0, to: characters.count, by: 8) {
            var group: UInt64 = 0
            for character in characters[start..<start + 8] {
                guard let value = alphabet.firstIndex(of: character) else { return nil }
                group = group << 5 | UInt64(value)
            }
            for shift in stride(from: 32, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: group >> UInt64(shift)))
            }
        }
        return output
    }
}
