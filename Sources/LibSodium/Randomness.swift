internal import CSodium

/// Bytes from the operating system's cryptographic random number generator.
public enum Randomness {
    /// 32 random bytes.
    public static func bytes32() -> Bytes32 {
        SodiumLibrary.start()
        return unsafe Bytes32 { unsafe randombytes_buf($0, Bytes32.count) }
    }

    /// `count` random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        SodiumLibrary.start()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
            initialised = count
        }
    }
}
