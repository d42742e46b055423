internal import CSodium

/// SHA-512 (FIPS 180-4), computed piece by piece.
public struct SHA512: Sendable {
    private var state: crypto_hash_sha512_state

    /// The number of bytes of a digest: 64.
    public static let digestCount = 64
    /// The number of bytes of an input block: 128.
    public static let blockCount = 128

    /// A hash of nothing so far.
    public init() {
        SodiumLibrary.start()
        state = crypto_hash_sha512_state()
        unsafe crypto_hash_sha512_init(&state)
    }

    /// Appends bytes.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe crypto_hash_sha512_update(&state, bytes, UInt64(bytes.count))
    }

    /// Appends 32 bytes.
    public mutating func update(_ bytes: Bytes32) {
        unsafe bytes.withPointer { unsafe update($0, count: Bytes32.count) }
    }

    /// Appends 64 bytes.
    public mutating func update(_ bytes: Bytes64) {
        unsafe bytes.withPointer { unsafe update($0, count: Bytes64.count) }
    }

    /// Appends one byte.
    public mutating func update(_ byte: UInt8) {
        var byte = byte
        unsafe crypto_hash_sha512_update(&state, &byte, 1)
    }

    /// Appends two bytes, the high one first.
    public mutating func update(bigEndian value: UInt16) {
        update(UInt8(truncatingIfNeeded: value >> 8))
        update(UInt8(truncatingIfNeeded: value))
    }

    /// Appends the `count` bytes at `pointer`, which must be readable.
    package mutating func update(_ pointer: UnsafePointer<UInt8>, count: Int) {
        unsafe crypto_hash_sha512_update(&state, pointer, UInt64(count))
    }

    /// The digest of everything appended, 64 bytes.
    public consuming func finalize() -> Bytes64 {
        var state = state
        return unsafe Bytes64 { unsafe crypto_hash_sha512_final(&state, $0) }
    }

    /// The digest of `bytes`, 64 bytes.
    public static func hash(_ bytes: [UInt8]) -> Bytes64 {
        var hash = SHA512()
        hash.update(bytes)
        return hash.finalize()
    }
}
