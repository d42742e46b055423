internal import CSodium

/// Comparisons whose time does not depend on the bytes compared.
public enum ConstantTime {
    /// Whether two values of 32 bytes are equal; constant-time.
    public static func areEqual(_ left: Bytes32, _ right: Bytes32) -> Bool {
        unsafe left.withPointer { a in
            unsafe right.withPointer { b in unsafe sodium_memcmp(a, b, Bytes32.count) == 0 }
        }
    }

    /// Whether two values of 64 bytes are equal; constant-time.
    public static func areEqual(_ left: Bytes64, _ right: Bytes64) -> Bool {
        unsafe left.withPointer { a in
            unsafe right.withPointer { b in unsafe sodium_memcmp(a, b, Bytes64.count) == 0 }
        }
    }

    /// Whether two secrets are equal; constant-time for secrets of one length, whose length is not hidden.
    public static func areEqual(_ left: borrowing SecretBytes, _ right: borrowing SecretBytes) -> Bool {
        let count = left.count
        guard right.count == count else { return false }
        return unsafe left.withPointer { a in
            unsafe right.withPointer { b in unsafe sodium_memcmp(a, b, count) == 0 }
        }
    }

    /// Whether two arrays are equal; constant-time for arrays of one length, whose length is not hidden.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe sodium_memcmp(left, right, left.count) == 0
    }
}
