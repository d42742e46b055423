internal import CSodium

/// BLAKE2b (RFC 7693) with a 32-byte output, with or without a 32-byte key.
public enum KeyedBLAKE2b {
    /// The digest of `message` without a key, 32 bytes.
    public static func hash(_ message: [UInt8]) -> Bytes32 {
        SodiumLibrary.start()
        return unsafe Bytes32 {
            unsafe _ = crypto_generichash($0, Bytes32.count, message, UInt64(message.count), nil, 0)
        }
    }

    /// The digest of `message` under a 32-byte key that need not stay secret, 32 bytes.
    public static func hash(_ message: [UInt8], key: Bytes32) -> Bytes32 {
        SodiumLibrary.start()
        return unsafe key.withPointer { key in
            unsafe Bytes32 { unsafe digest(message, key: key, keyCount: Bytes32.count, into: $0) }
        }
    }

    /// The digest of `message` under a secret key of 16 to 64 bytes, 32 bytes.
    public static func hash(_ message: [UInt8], key: borrowing SecretBytes) -> Bytes32 {
        precondition((16...64).contains(key.count), "a BLAKE2b key has 16 to 64 bytes")
        let keyCount = key.count
        return unsafe key.withPointer { key in
            unsafe Bytes32 { unsafe digest(message, key: key, keyCount: keyCount, into: $0) }
        }
    }

    /// The same digest as ``hash(_:key:)-(_,SecretBytes)`` in guarded memory: for keys that are derived from a key.
    public static func derive(_ message: [UInt8], key: borrowing SecretBytes) -> SecretBytes {
        precondition((16...64).contains(key.count), "a BLAKE2b key has 16 to 64 bytes")
        let keyCount = key.count
        return unsafe key.withPointer { key in
            unsafe SecretBytes(count: Bytes32.count) { buffer in
                unsafe digest(message, key: key, keyCount: keyCount, into: buffer.bytePointer)
            }
        }
    }

    private static func digest(
        _ message: [UInt8], key: UnsafePointer<UInt8>, keyCount: Int, into output: UnsafeMutablePointer<UInt8>
    ) {
        unsafe _ = crypto_generichash(output, Bytes32.count, message, UInt64(message.count), key, keyCount)
    }
}
