package import LibSodium

/// Writes a message front to back.
package struct ByteWriter {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// A writer of nothing so far, with room for `capacity` bytes.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Appends two bytes, big-endian.
    package mutating func append(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends four bytes, big-endian.
    package mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value >> 16))
        append(UInt16(truncatingIfNeeded: value))
    }

    /// Appends eight bytes, big-endian.
    package mutating func append(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// Appends bytes.
    package mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends 32 bytes.
    package mutating func append(_ value: Bytes32) {
        value.withPointer { bytes.append(contentsOf: UnsafeBufferPointer(start: $0, count: Bytes32.count)) }
    }

    /// Appends 64 bytes.
    package mutating func append(_ value: Bytes64) { bytes.append(contentsOf: value.bytes) }

    /// Appends a variable-size integer (RFC 9000, section 16) below 2^62 in its shortest form.
    package mutating func append(variableSizeInteger value: UInt64) {
        precondition(value < 1 << 62)
        let (count, prefix): (Int, UInt64) =
            switch value {
            case ..<(1 << 6): (1, 0)
            case ..<(1 << 14): (2, 1)
            case ..<(1 << 30): (4, 2)
            default: (8, 3)
            }
        let tagged = value | prefix << UInt64(count * 8 - 2)
        for shift in stride(from: count * 8 - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: tagged >> UInt64(shift)))
        }
    }
}
