import LibSodium

/// How a passphrase leads to a key: what Argon2id (RFC 9106) is told besides the passphrase itself.
struct PassphraseDerivation: Hashable {
    /// How much work it takes.
    let cost: PasswordHash.Cost
    /// 16 bytes.
    let salt: [UInt8]

    /// A derivation with a new random salt.
    init(cost: PasswordHash.Cost) {
        self.cost = cost
        salt = Randomness.bytes(PasswordHash.saltCount)
    }

    /// A derivation as it is on record; `nil` if it is none.
    init?(passes: UInt32, memoryKiB: UInt32, salt: [UInt8]) {
        guard salt.count == PasswordHash.saltCount, let cost = PasswordHash.Cost(passes: passes, memoryKiB: memoryKiB)
        else { return nil }
        self.cost = cost
        self.salt = salt
    }

    /// The key of 32 bytes; takes as long as the cost says. Throws `.outOfMemory`.
    func key(from passphrase: borrowing SecretBytes) throws(KeyFileError) -> SecretBytes {
        do {
            return try PasswordHash.deriveKey(passphrase: passphrase, salt: salt, cost: cost)
        } catch {
            throw .outOfMemory
        }
    }
}
