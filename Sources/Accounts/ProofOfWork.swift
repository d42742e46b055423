package import LibSodium
internal import PrivacyPass

/// What opening an account may cost: a number for which a hash over the challenge and the account begins with zeros.
///
/// `BLAKE2b-256(base ‖ number (8))` with `base = BLAKE2b-256("portes proof of work v1\n" ‖ challenge ‖ key)`. Checking
/// it takes two hashes; finding it takes 2^difficulty of them. The account is in it, so that nobody can use another's.
package enum ProofOfWork {
    /// The hardest proof that is asked for or attempted: some minutes on a telephone.
    package static let maximumDifficulty: UInt8 = 28
    /// How many numbers are tried between two looks at whether anybody still waits.
    private static let stride: UInt64 = 4_096

    /// Whether a number solves a challenge for an account.
    package static func isSolved(_ challenge: AccountChallenge, by number: UInt64, for account: Ed25519.PublicKey) -> Bool {
        leadingZeroBits(of: KeyedBLAKE2b.hash(base(challenge, account).bytes + bytes(of: number)))
            >= Int(challenge.difficulty)
    }

    /// A number that solves a challenge for an account; `nil` if `isCancelled` says so, or it is too hard. Blocks: some
    /// 0.5 µs for each of 2^difficulty numbers.
    package static func solve(
        _ challenge: AccountChallenge, for account: Ed25519.PublicKey, isCancelled: () -> Bool = { false }
    ) -> UInt64? {
        guard challenge.difficulty <= maximumDifficulty else { return nil }
        let base = base(challenge, account).bytes
        var message = base + [UInt8](repeating: 0, count: 8)
        var number: UInt64 = 0
        while true {
            if number % stride == 0, isCancelled() { return nil }
            for place in 0..<8 { message[base.count + place] = UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * place)) }
            if leadingZeroBits(of: KeyedBLAKE2b.hash(message)) >= Int(challenge.difficulty) { return number }
            number += 1
        }
    }

    /// A number as 8 bytes.
    package static func bytes(of number: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: 8)
        writer.append(number)
        return writer.bytes
    }

    private static func base(_ challenge: AccountChallenge, _ account: Ed25519.PublicKey) -> Bytes32 {
        KeyedBLAKE2b.hash(
            Array("portes proof of work v1\n".utf8) + challenge.encoded + account.encoded.bytes)
    }

    private static func leadingZeroBits(of digest: Bytes32) -> Int {
        var count = 0
        for index in 0..<Bytes32.count {
            let zeros = digest[index].leadingZeroBitCount
            count += zeros
            if zeros < 8 { break }
        }
        return count
    }
}
