package import LibSodium

/// Reads a message front to back; every read is checked against what is left.
package struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    /// A reader at the first of these bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes are left.
    package var remaining: Int { bytes.count - position }

    /// The next byte.
    package mutating func uint8() throws(MessageError) -> UInt8 {
        guard remaining >= 1 else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next two bytes, big-endian.
    package mutating func uint16() throws(MessageError) -> UInt16 {
        let high = try uint8()
        return UInt16(high) << 8 | UInt16(try uint8())
    }

    /// The next four bytes, big-endian.
    package mutating func uint32() throws(MessageError) -> UInt32 {
        let high = try uint16()
        return UInt32(high) << 16 | UInt32(try uint16())
    }

    /// The next eight bytes, big-endian.
    package mutating func uint64() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try take(8) { value = value << 8 | UInt64(byte) }
        return value
    }

    /// The next `count` bytes; nothing is allocated before that many are known to be there.
    package mutating func take(_ count: Int) throws(MessageError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// The next 32 bytes.
    package mutating func bytes32() throws(MessageError) -> Bytes32 {
        guard let value = Bytes32(try take(Bytes32.count)) else { throw .truncated }
        return value
    }

    /// The next element, 32 bytes, decoded strictly.
    package mutating func element() throws(MessageError) -> Ristretto255.Element {
        let encoded = try bytes32()
        do {
            return try Ristretto255.Element(decoding: encoded)
        } catch {
            throw .invalidEncoding
        }
    }

    /// A variable-size integer (RFC 9000, section 16) of 1, 2, 4 or 8 bytes, which must be the shortest form.
    package mutating func variableSizeInteger() throws(MessageError) -> UInt64 {
        let first = try uint8()
        let extra = (1 << Int(first >> 6)) - 1
        var value = UInt64(first & 0x3f)
        for byte in try take(extra) { value = value << 8 | UInt64(byte) }
        let smallest: UInt64 =
            switch extra {
            case 0: 0
            case 1: 1 << 6
            case 3: 1 << 14
            default: 1 << 30
            }
        guard value >= smallest else { throw .nonMinimalInteger }
        return value
    }

    /// Throws unless everything was read.
    package func finish() throws(MessageError) {
        guard remaining == 0 else { throw .trailingBytes }
    }
}
