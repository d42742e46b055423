/// The 32 letters and digits of a recovery code: those that are not mistaken for each other when read out or copied
/// by hand (Crockford's base 32).
enum RecoveryAlphabet {
    private static let characters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The character that stands for a number from 0 to 31.
    static func character(_ value: UInt8) -> UInt8 { characters[Int(value & 31)] }

    /// What a character stands for, in either case, `o` read as zero and `i` and `l` as one; `nil` for any other.
    static func value(_ character: Unicode.Scalar) -> UInt8? {
        guard character.isASCII else { return nil }
        var byte = UInt8(truncatingIfNeeded: character.value)
        if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte |= 0x20 }
        switch byte {
        case UInt8(ascii: "o"): return 0
        case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
        default: return characters.firstIndex(of: byte).map { UInt8(truncatingIfNeeded: $0) }
        }
    }

    /// Whether a character only stands between groups.
    static func isSeparator(_ character: Unicode.Scalar) -> Bool {
        character.properties.isWhitespace || character.properties.isDash || ".,;:/_".unicodeScalars.contains(character)
    }
}
