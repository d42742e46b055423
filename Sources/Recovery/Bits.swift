/// Writes bits, the first into the highest place of a byte.
struct BitWriter {
    private(set) var bytes: [UInt8]
    private var free = 0

    /// Goes on after whole bytes.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Appends as many ones, and a zero.
    mutating func append(ones count: UInt64) {
        for _ in 0..<count { append(bit: 1) }
        append(bit: 0)
    }

    /// Appends the lowest bits of a number, the highest of them first.
    mutating func append(_ number: UInt64, count: UInt64) {
        for shift in (0..<count).reversed() { append(bit: UInt8(number >> shift & 1)) }
    }

    private mutating func append(bit: UInt8) {
        if free == 0 {
            bytes.append(0)
            free = 8
        }
        free -= 1
        bytes[bytes.count - 1] |= bit << UInt8(free)
    }
}

/// Reads what ``BitWriter`` wrote.
struct BitReader {
    private let bytes: [UInt8]
    private var position: Int

    /// Begins at a byte.
    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start * 8
    }

    /// How many ones stand before the next zero, which is read too; `nil` where there is none.
    mutating func ones() -> UInt64? {
        var count: UInt64 = 0
        while let bit = bit() {
            if bit == 0 { return count }
            count += 1
        }
        return nil
    }

    /// The number in the next bits; `nil` where there are fewer.
    mutating func number(count: UInt64) -> UInt64? {
        var number: UInt64 = 0
        for _ in 0..<count {
            guard let bit = bit() else { return nil }
            number = number << 1 | bit
        }
        return number
    }

    /// Whether only zeros are left, that fill a byte up.
    var isAtEnd: Bool {
        guard bytes.count * 8 - position < 8 else { return false }
        return position == bytes.count * 8 || bytes[bytes.count - 1] << UInt8(position % 8) == 0
    }

    private mutating func bit() -> UInt64? {
        guard position < bytes.count * 8 else { return nil }
        defer { position += 1 }
        return UInt64(bytes[position / 8] >> UInt8(7 - position % 8) & 1)
    }
}
