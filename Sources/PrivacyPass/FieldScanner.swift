/// The lexical part of reading an authentication field (RFC 9110, sections 5.6 and 11.2). Linear in time.
struct FieldScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Skips commas and white space; false at the end.
    mutating func skipSeparators() -> Bool {
        while let byte = current, byte == UInt8(ascii: ",") || FieldScanner.isSpace(byte) { position += 1 }
        return current != nil
    }

    /// A token (RFC 9110, section 5.6.2), or `nil` if none stands here.
    mutating func token() -> String? {
        let start = position
        while let byte = current, FieldScanner.isTokenByte(byte) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    /// Whether a word ends here.
    var isAtEndOfWord: Bool {
        guard let byte = current else { return true }
        return byte == UInt8(ascii: ",") || FieldScanner.isSpace(byte)
    }

    /// `= value` after a parameter's name, or `nil`, reading nothing, where no value is assigned.
    mutating func assignedValue() -> String? {
        let start = position
        skipSpaces()
        guard current == UInt8(ascii: "=") else {
            position = start
            return nil
        }
        position += 1
        skipSpaces()
        if current == UInt8(ascii: "\"") { return quotedString() }
        let valueStart = position
        while let byte = current, FieldScanner.isBareValueByte(byte) { position += 1 }
        guard position > valueStart, isAtEndOfWord else {
            position = start
            return nil
        }
        return String(decoding: bytes[valueStart..<position], as: UTF8.self)
    }

    /// Passes over the token68 that may follow a scheme: base64 not assigned to any name.
    mutating func skipToken68() {
        let start = position
        skipSpaces()
        while let byte = current, FieldScanner.isBareValueByte(byte), byte != UInt8(ascii: "=") { position += 1 }
        while current == UInt8(ascii: "=") { position += 1 }
        skipSpaces()
        // Anything else behind it means that a parameter begins here.
        if let byte = current, byte != UInt8(ascii: ",") { position = start }
    }

    /// Passes over everything up to the next comma outside quotes.
    mutating func skipToComma() {
        while let byte = current, byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\"") {
                if quotedString() == nil { position = bytes.count }
            } else {
                position += 1
            }
        }
    }

    private mutating func skipSpaces() {
        while let byte = current, FieldScanner.isSpace(byte) { position += 1 }
    }

    /// A quoted string with its escapes undone; `nil`, at the end, if it is never closed.
    private mutating func quotedString() -> String? {
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = current else { return nil }
                content.append(escaped)
                position += 1
            default: content.append(byte)
            }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isTokenByte(_ byte: UInt8) -> Bool { tokenBytes[Int(byte)] }

    private static func isBareValueByte(_ byte: UInt8) -> Bool {
        tokenBytes[Int(byte)] || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "/")
    }

    private static let tokenBytes: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = true }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { table[Int(byte)] = true }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { table[Int(byte)] = true }
        for byte in "!#$%&'*+-.^_`|~".utf8 { table[Int(byte)] = true }
        return table
    }()
}
