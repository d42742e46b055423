internal import CSodium

extension Ristretto255 {
    /// An element of the group other than the identity, held as its canonical encoding of 32 bytes.
    public struct Element: Sendable, Hashable {
        /// The canonical encoding, 32 bytes (RFC 9496, section 4.3.2).
        public let encoded: Bytes32

        fileprivate init(trusted: Bytes32) { encoded = trusted }

        /// Decodes 32 bytes strictly (RFC 9496, section 4.3.1): canonical, and not the identity.
        ///
        /// Variable-time in whether decoding succeeds.
        public init(decoding bytes: Bytes32) throws(DecodingError) {
            SodiumLibrary.start()
            guard bytes != .zero else { throw .identity }
            // libsodium 1.0.18 ignores bit 255, which RFC 9496 requires to be clear.
            guard bytes[31] & 0x80 == 0 else { throw .notCanonical }
            guard unsafe bytes.withPointer({ unsafe crypto_core_ristretto255_is_valid_point($0) == 1 }) else {
                throw .notCanonical
            }
            encoded = bytes
        }

        /// Decodes an encoding of 32 bytes strictly; any other length throws ``DecodingError/wrongLength``.
        public init(decoding bytes: some Collection<UInt8>) throws(DecodingError) {
            guard let bytes = Bytes32(bytes) else { throw .wrongLength }
            try self.init(decoding: bytes)
        }

        /// The element that the one-way map of RFC 9496, section 4.3.4 gives for 64 uniform bytes.
        public init(uniform bytes: Bytes64) throws(DegenerateResult) {
            SodiumLibrary.start()
            let encoded = unsafe bytes.withPointer { input in
                unsafe Bytes32 { unsafe _ = crypto_core_ristretto255_from_hash($0, input) }
            }
            guard encoded != .zero else { throw DegenerateResult() }
            self.encoded = encoded
        }

        /// HashToGroup of RFC 9497, section 4.1: expand_message_xmd, then the one-way map.
        ///
        /// `domainSeparationTag` has 1 to 255 bytes.
        public init(hashing message: [UInt8], domainSeparationTag: [UInt8]) throws(DegenerateResult) {
            var expander = MessageExpander(domainSeparationTag: domainSeparationTag)
            expander.update(message)
            try self.init(uniform: expander.finalize())
        }

        /// The sum of two elements; throws when one is the inverse of the other.
        public static func + (left: Element, right: Element) throws(DegenerateResult) -> Element {
            let sum = unsafe left.encoded.withPointer { a in
                unsafe right.encoded.withPointer { b in
                    unsafe Bytes32 { unsafe _ = crypto_core_ristretto255_add($0, a, b) }
                }
            }
            guard sum != .zero else { throw DegenerateResult() }
            return Element(trusted: sum)
        }

        /// A public scalar times an element; throws for the scalar zero.
        public static func * (scalar: Scalar, element: Element) throws(DegenerateResult) -> Element {
            try unsafe scalar.encoded.withPointer { (pointer) throws(DegenerateResult) in
                try unsafe element.multiplied(byScalarAt: pointer)
            }
        }

        /// A secret scalar times an element; constant-time in the scalar.
        public static func * (
            scalar: borrowing SecretScalar, element: Element
        ) throws(DegenerateResult) -> Element {
            try unsafe scalar.withPointer { (pointer) throws(DegenerateResult) in
                try unsafe element.multiplied(byScalarAt: pointer)
            }
        }

        func multiplied(byScalarAt scalar: UnsafePointer<UInt8>) throws(DegenerateResult) -> Element {
            var status: Int32 = -1
            let product = unsafe encoded.withPointer { point in
                unsafe Bytes32 { unsafe status = crypto_scalarmult_ristretto255($0, scalar, point) }
            }
            guard status == 0 else { throw DegenerateResult() }
            return Element(trusted: product)
        }

        static func generatorMultiplied(
            byScalarAt scalar: UnsafePointer<UInt8>
        ) throws(DegenerateResult) -> Element {
            SodiumLibrary.start()
            var status: Int32 = -1
            let product = unsafe Bytes32 { unsafe status = crypto_scalarmult_ristretto255_base($0, scalar) }
            guard status == 0 else { throw DegenerateResult() }
            return Element(trusted: product)
        }

        /// A public scalar times the generator; throws for the scalar zero.
        public static func generator(times scalar: Scalar) throws(DegenerateResult) -> Element {
            try unsafe scalar.encoded.withPointer { (pointer) throws(DegenerateResult) in
                try unsafe generatorMultiplied(byScalarAt: pointer)
            }
        }

        /// A secret scalar times the generator; constant-time in the scalar.
        public static func generator(
            times scalar: borrowing SecretScalar
        ) throws(DegenerateResult) -> Element {
            try unsafe scalar.withPointer { (pointer) throws(DegenerateResult) in
                try unsafe generatorMultiplied(byScalarAt: pointer)
            }
        }
    }
}
