internal import CSodium

/// The libsodium calls that the protocol cannot do without, with nothing around them: what `portes bench` compares
/// against. The values mean nothing; only the time they take does.
package struct BareCalls {
    private var scalar = [UInt8](repeating: 0, count: 32)
    private var point = [UInt8](repeating: 0, count: 32)
    private var other = [UInt8](repeating: 0, count: 32)
    private var wide = [UInt8](repeating: 0, count: 64)
    private var signature = [UInt8](repeating: 0, count: 64)
    private var signingKey = [UInt8](repeating: 0, count: 64)
    private let message: [UInt8]

    /// Calls on random inputs; hashes are over `messageCount` bytes.
    package init(messageCount: Int) {
        SodiumLibrary.start()
        message = Randomness.bytes(messageCount)
        unsafe crypto_core_ristretto255_scalar_random(&scalar)
        unsafe crypto_core_ristretto255_random(&point)
        unsafe crypto_core_ristretto255_random(&other)
        unsafe _ = crypto_sign_keypair(&wide, &signingKey)
    }

    /// An Ed25519 signature over the message.
    package mutating func sign() {
        unsafe _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), signingKey)
    }

    /// A check of the signature that ``sign()`` made last, or of one that does not hold.
    package mutating func verifySignature() {
        unsafe _ = crypto_sign_verify_detached(signature, message, UInt64(message.count), Array(signingKey[32...]))
    }

    /// A scalar times an element.
    package mutating func multiply() { unsafe _ = crypto_scalarmult_ristretto255(&other, scalar, point) }

    /// A scalar times the generator.
    package mutating func multiplyGenerator() { unsafe _ = crypto_scalarmult_ristretto255_base(&other, scalar) }

    /// The sum of two elements.
    package mutating func add() { unsafe _ = crypto_core_ristretto255_add(&other, point, point) }

    /// The one-way map to an element after two SHA-512 hashes, the second over the first's result.
    package mutating func hashToGroup() {
        unsafe crypto_hash_sha512(&wide, message, UInt64(message.count))
        unsafe crypto_hash_sha512(&wide, message, UInt64(message.count))
        unsafe _ = crypto_core_ristretto255_from_hash(&other, wide)
    }

    /// A random scalar.
    package mutating func randomScalar() { unsafe crypto_core_ristretto255_scalar_random(&scalar) }

    /// The inverse of a scalar.
    package mutating func invert() { unsafe _ = crypto_core_ristretto255_scalar_invert(&other, scalar) }
}
