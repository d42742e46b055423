internal import CSodium

/// A secret scalar of ristretto255 that is not zero, in guarded memory, wiped when released.
public struct SecretScalar: ~Copyable, Sendable {
    private let secret: SecretBytes

    private init(trusted: consuming SecretBytes) { secret = trusted }

    /// A uniformly random scalar from 1 to the group order less one.
    public init() {
        SodiumLibrary.start()
        secret = unsafe SecretBytes(count: Bytes32.count) { buffer in
            unsafe crypto_core_ristretto255_scalar_random(buffer.bytePointer)
        }
    }

    /// Decodes 32 secret bytes little-endian: neither zero nor at or above the group order.
    public init(decoding bytes: borrowing SecretBytes) throws(Ristretto255.DecodingError) {
        guard bytes.count == Bytes32.count else { throw .wrongLength }
        let isAcceptable = unsafe bytes.withPointer { pointer in
            unsafe Ristretto255.Scalar.isReduced(pointer) && sodium_is_zero(pointer, Bytes32.count) == 0
        }
        guard isAcceptable else { throw .notCanonical }
        secret = bytes.copy()
    }

    /// 64 bytes modulo the group order; throws if that is zero.
    public init(reducing bytes: Bytes64) throws(Ristretto255.DegenerateResult) {
        SodiumLibrary.start()
        let reduced = unsafe bytes.withPointer { (input) -> SecretBytes in
            unsafe SecretBytes(count: Bytes32.count) { buffer in
                unsafe crypto_core_ristretto255_scalar_reduce(buffer.bytePointer, input)
            }
        }
        guard unsafe reduced.withPointer({ unsafe sodium_is_zero($0, Bytes32.count) == 0 }) else {
            throw Ristretto255.DegenerateResult()
        }
        secret = reduced
    }

    /// The encoding, 32 bytes little-endian, in guarded memory of its own.
    public borrowing func encoded() -> SecretBytes { secret.copy() }

    /// `self − factor · secretFactor` modulo the group order: the response of a Schnorr-style proof.
    ///
    /// The result is public; constant-time in both secrets.
    public borrowing func subtracting(
        _ factor: Ristretto255.Scalar, times secretFactor: borrowing SecretScalar
    ) -> Ristretto255.Scalar {
        // On the stack and wiped: guarded memory of its own would cost more than the whole of the arithmetic.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Bytes32.count) { product in
            let product = unsafe product.baseAddress.unsafelyUnwrapped
            defer { unsafe sodium_memzero(product, Bytes32.count) }
            unsafe factor.encoded.withPointer { x in
                unsafe secretFactor.withPointer { y in
                    unsafe crypto_core_ristretto255_scalar_mul(product, x, y)
                }
            }
            return unsafe withPointer { x in
                unsafe Ristretto255.Scalar(
                    trusted: Bytes32 { unsafe crypto_core_ristretto255_scalar_sub($0, x, product) })
            }
        }
    }

    /// Gives `body` the 32 secret bytes, little-endian; the pointer is valid only during the call.
    package borrowing func withPointer<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try unsafe secret.withPointer(body)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The first byte of a buffer known not to be empty.
    var bytePointer: UnsafeMutablePointer<UInt8> {
        unsafe baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
    }
}
