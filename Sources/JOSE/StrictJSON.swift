/// A value of JSON (RFC 8259), read strictly: one reading only, so that nobody else reads the same bytes otherwise.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// Reads JSON without what readers disagree on: a member that stands twice, half of a character, deep nesting.
package struct StrictJSON {
    /// Why a text is not such JSON.
    package enum ReadingError: Error, Sendable, Hashable {
        /// It is not JSON, or too deep.
        case malformed
        /// A member of an object stands there twice.
        case duplicateMember
    }

    private static let maximumDepth = 8

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of the one object in the bytes.
    package static func object(_ bytes: [UInt8]) throws(ReadingError) -> [String: JSONValue] {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed }
        var reader = StrictJSON(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.place == bytes.count, case .object(let members) = value else { throw .malformed }
        return members
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func take(_ word: StaticString, as value: JSONValue) throws(ReadingError) -> JSONValue {
        for byte in word.description.utf8 { guard take(byte) else { throw .malformed } }
        return value
    }

    private mutating func value(depth: Int) throws(ReadingError) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw .malformed }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try items(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try take("true", as: .bool(true))
        case UInt8(ascii: "f"): return try take("false", as: .bool(false))
        case UInt8(ascii: "n"): return try take("null", as: .null)
        default: return .number(try number())
        }
    }

    private mutating func members(depth: Int) throws(ReadingError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        place += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw .malformed }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw .malformed }
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: name) == nil else { throw .duplicateMember }
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    private mutating func items(depth: Int) throws(ReadingError) -> [JSONValue] {
        var items: [JSONValue] = []
        place += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return items }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return items }
            guard take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    private mutating func number() throws(ReadingError) -> Double {
        let start = place
        while let byte = next, "+-.0123456789eE".utf8.contains(byte) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        let form = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/
        guard text.wholeMatch(of: form) != nil, let number = Double(text), number.isFinite else { throw .malformed }
        return number
    }

    private mutating func string() throws(ReadingError) -> String {
        var scalars = String.UnicodeScalarView()
        var raw: [UInt8] = []
        place += 1
        func flush(_ raw: inout [UInt8], _ scalars: inout String.UnicodeScalarView) {
            scalars.append(contentsOf: String(decoding: raw, as: UTF8.self).unicodeScalars)
            raw = []
        }
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                flush(&raw, &scalars)
                return String(scalars)
            case UInt8(ascii: "\\"):
                flush(&raw, &scalars)
                scalars.append(try escape())
            case ..<0x20: throw .malformed
            default: raw.append(byte)
            }
        }
        throw .malformed
    }

    private mutating func escape() throws(ReadingError) -> Unicode.Scalar {
        guard let byte = next else { throw .malformed }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw .malformed
        }
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xd800..<0xdc00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .malformed }
        let second = try unit()
        guard (0xdc00..<0xe000).contains(second) else { throw .malformed }
        let code = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        guard let scalar = Unicode.Scalar(code) else { throw .malformed }
        return scalar
    }

    private mutating func unit() throws(ReadingError) -> UInt16 {
        guard place + 4 <= bytes.count, bytes[place..<place + 4].allSatisfy({ Self.isHexadecimal($0) }),
            let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw .malformed }
        place += 4
        return unit
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        "0123456789abcdefABCDEF".utf8.contains(byte)
    }
}
