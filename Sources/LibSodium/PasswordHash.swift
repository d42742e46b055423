internal import CSodium

/// A key from a passphrase by Argon2id (RFC 9106).
public enum PasswordHash {
    /// A salt's number of bytes: 16.
    public static let saltCount = 16

    /// How much work one derivation takes.
    public struct Cost: Sendable, Hashable {
        /// The number of passes over the memory.
        public let passes: UInt32
        /// The memory in KiB.
        public let memoryKiB: UInt32

        /// A cost with 1 to 16 passes over 8 KiB to 1 GiB of memory; `nil` outside these bounds.
        public init?(passes: UInt32, memoryKiB: UInt32) {
            guard (1...16).contains(passes), (8...1_048_576).contains(memoryKiB) else { return nil }
            self.init(checkedPasses: passes, memoryKiB: memoryKiB)
        }

        private init(checkedPasses passes: UInt32, memoryKiB: UInt32) {
            self.passes = passes
            self.memoryKiB = memoryKiB
        }

        /// 3 passes over 256 MiB, libsodium's moderate cost: about a second.
        public static let moderate = Cost(checkedPasses: 3, memoryKiB: 262_144)
        /// 1 pass over 8 KiB: for tests and for passphrases that are random keys already.
        public static let minimal = Cost(checkedPasses: 1, memoryKiB: 8)
    }

    /// The system has not enough memory for the cost.
    public struct OutOfMemory: Error, Sendable, Hashable {}

    /// A key of 32 bytes from a passphrase and a salt of 16 bytes.
    public static func deriveKey(
        passphrase: borrowing SecretBytes, salt: [UInt8], cost: Cost
    ) throws(OutOfMemory) -> SecretBytes {
        precondition(salt.count == saltCount, "an Argon2id salt has 16 bytes")
        SodiumLibrary.start()
        let count = passphrase.count
        return try unsafe passphrase.withPointer { (passphrase) throws(OutOfMemory) in
            try unsafe SecretBytes(count: 32) { (buffer) throws(OutOfMemory) in
                let status = unsafe passphrase.withMemoryRebound(to: CChar.self, capacity: count) {
                    unsafe crypto_pwhash(
                        buffer.bytePointer, 32, $0, UInt64(count), salt, UInt64(cost.passes),
                        Int(cost.memoryKiB) * 1024, crypto_pwhash_ALG_ARGON2ID13)
                }
                guard status == 0 else { throw OutOfMemory() }
            }
        }
    }
}
