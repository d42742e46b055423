internal import CSodium

/// Secret scalars, none of them zero, in one piece of guarded memory.
///
/// One allocation for a batch: guarding each scalar on its own would cost more than the arithmetic.
public struct SecretScalarList: ~Copyable, Sendable {
    private let secret: SecretBytes
    /// The number of scalars.
    public let count: Int

    private init(trusted: consuming SecretBytes, count: Int) {
        secret = trusted
        self.count = count
    }

    /// `count` uniformly random scalars.
    public init(randomCount count: Int) {
        SodiumLibrary.start()
        self.count = count
        secret = unsafe SecretBytes(count: count * Bytes32.count) { buffer in
            for index in 0..<count {
                unsafe crypto_core_ristretto255_scalar_random(buffer.bytePointer + index * Bytes32.count)
            }
        }
    }

    /// Decodes scalars that lie one after another, 32 bytes little-endian each.
    public init(decoding bytes: borrowing SecretBytes) throws(Ristretto255.DecodingError) {
        let (count, remainder) = bytes.count.quotientAndRemainder(dividingBy: Bytes32.count)
        guard remainder == 0 else { throw .wrongLength }
        let areAcceptable = unsafe bytes.withPointer { pointer in
            (0..<count).allSatisfy { index in
                let scalar = unsafe pointer + index * Bytes32.count
                return unsafe Ristretto255.Scalar.isReduced(scalar)
                    && sodium_is_zero(scalar, Bytes32.count) == 0
            }
        }
        guard areAcceptable else { throw .notCanonical }
        self.count = count
        secret = bytes.copy()
    }

    /// 64 secret bytes for each scalar, modulo the group order; throws if one of them is zero, which does not happen by
    /// chance. Constant-time.
    public init(reducing bytes: borrowing SecretBytes) throws(Ristretto255.DecodingError) {
        SodiumLibrary.start()
        let (count, remainder) = bytes.count.quotientAndRemainder(dividingBy: Bytes64.count)
        guard remainder == 0 else { throw .wrongLength }
        let reduced = unsafe bytes.withPointer { input in
            unsafe SecretBytes(count: count * Bytes32.count) { buffer in
                for index in 0..<count {
                    unsafe crypto_core_ristretto255_scalar_reduce(
                        buffer.bytePointer + index * Bytes32.count, input + index * Bytes64.count)
                }
            }
        }
        try self.init(decoding: reduced)
    }

    /// The encodings one after another, 32 bytes each, in guarded memory of their own.
    public borrowing func encoded() -> SecretBytes { secret.copy() }

    /// The scalar at `index`, from 0 to `count` less one, times an element; constant-time in the scalar.
    public borrowing func multiply(
        _ element: Ristretto255.Element, byScalarAt index: Int
    ) throws(Ristretto255.DegenerateResult) -> Ristretto255.Element {
        precondition((0..<count).contains(index))
        return try unsafe secret.withPointer { (base) throws(Ristretto255.DegenerateResult) in
            try unsafe element.multiplied(byScalarAt: base + index * Bytes32.count)
        }
    }

    /// The inverses in the same order, with one inversion for all of them (Montgomery's trick).
    ///
    /// Constant-time: one inversion and 3(n − 1) multiplications whatever the values are.
    public borrowing func inverted() -> SecretScalarList {
        let count = count
        guard count > 0 else { return SecretScalarList(randomCount: 0) }
        let size = Bytes32.count
        let inverses = unsafe secret.withPointer { scalars in
            unsafe SecretBytes(count: count * size) { buffer in
                let output = unsafe buffer.bytePointer
                // output[i] first holds the product of scalars 0 to i.
                unsafe output.update(from: scalars, count: size)
                for index in 1..<max(count, 1) {
                    unsafe crypto_core_ristretto255_scalar_mul(
                        output + index * size, output + (index - 1) * size, scalars + index * size)
                }
                let running = unsafe SecretBytes(count: 2 * size) { scratch in
                    let rest = unsafe scratch.bytePointer
                    let next = unsafe rest + size
                    // None of the scalars is zero and the order is prime, so their product has an inverse.
                    unsafe _ = crypto_core_ristretto255_scalar_invert(rest, output + (count - 1) * size)
                    for index in stride(from: count - 1, to: 0, by: -1) {
                        unsafe crypto_core_ristretto255_scalar_mul(
                            output + index * size, rest, output + (index - 1) * size)
                        unsafe crypto_core_ristretto255_scalar_mul(next, rest, scalars + index * size)
                        unsafe rest.update(from: next, count: size)
                    }
                    unsafe output.update(from: rest, count: size)
                }
                _ = running.count
            }
        }
        return SecretScalarList(trusted: inverses, count: count)
    }
}
