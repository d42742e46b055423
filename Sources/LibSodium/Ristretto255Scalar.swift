internal import CSodium

extension Ristretto255 {
    /// A public scalar: an integer below the group order, 32 bytes little-endian.
    ///
    /// Its arithmetic is for public values such as proof challenges. See ``SecretScalar`` for the rest.
    public struct Scalar: Sendable, Hashable {
        /// The canonical encoding, 32 bytes little-endian.
        public let encoded: Bytes32

        init(trusted: Bytes32) { encoded = trusted }

        /// Decodes 32 bytes little-endian; a value at or above the group order is refused, never reduced.
        public init(decoding bytes: Bytes32) throws(DecodingError) {
            guard unsafe bytes.withPointer({ unsafe Scalar.isReduced($0) }) else { throw .notCanonical }
            encoded = bytes
        }

        /// Decodes an encoding of 32 bytes; any other length throws ``DecodingError/wrongLength``.
        public init(decoding bytes: some Collection<UInt8>) throws(DecodingError) {
            guard let bytes = Bytes32(bytes) else { throw .wrongLength }
            try self.init(decoding: bytes)
        }

        /// 64 bytes, read as a little-endian integer, modulo the group order.
        public init(reducing bytes: Bytes64) {
            SodiumLibrary.start()
            encoded = unsafe bytes.withPointer { input in
                unsafe Bytes32 { unsafe crypto_core_ristretto255_scalar_reduce($0, input) }
            }
        }

        /// HashToScalar of RFC 9497, section 4.1, with a domain separation tag of 1 to 255 bytes.
        public init(hashing message: [UInt8], domainSeparationTag: [UInt8]) {
            var expander = MessageExpander(domainSeparationTag: domainSeparationTag)
            expander.update(message)
            self.init(reducing: expander.finalize())
        }

        /// Whether the little-endian integer in 32 bytes is below the group order; constant-time.
        static func isReduced(_ bytes: UnsafePointer<UInt8>) -> Bool {
            // Subtracts the order byte by byte: a borrow out of the top byte means the value is smaller.
            var borrow: Int16 = 0
            for index in 0..<32 {
                let difference = unsafe Int16(bytes[index]) &- Int16(groupOrder[index]) &- borrow
                borrow = (difference >> 15) & 1
            }
            return borrow == 1
        }

        // 2^252 + 27742317777372353535851937790883648493, little-endian.
        private static let groupOrder: [UInt8] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ]
    }
}
