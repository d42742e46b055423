internal import CSodium

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// The digest of `bytes`, 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> Bytes32 {
        SodiumLibrary.start()
        return unsafe Bytes32 { unsafe crypto_hash_sha256($0, bytes, UInt64(bytes.count)) }
    }

    /// The digest of 32 bytes.
    public static func hash(_ bytes: Bytes32) -> Bytes32 {
        unsafe bytes.withPointer { input in
            unsafe Bytes32 { unsafe crypto_hash_sha256($0, input, UInt64(Bytes32.count)) }
        }
    }
}
