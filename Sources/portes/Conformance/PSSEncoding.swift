import Crypto

/// EMSA-PSS with SHA-384 and MGF1 (RFC 8017, section 9.1.1), for salts that are given: of published vectors alone.
enum PSSEncoding {
    private static let hashCount = 48

    /// The encoding of a message to `bitCount` bits, one fewer than the modulus has.
    static func encode(_ message: [UInt8], salt: [UInt8], bitCount: Int) -> [UInt8] {
        let count = (bitCount + 7) / 8
        let hash = digest([UInt8](repeating: 0, count: 8) + digest(message) + salt)
        let padding = max(0, count - salt.count - hashCount - 2)
        let block = [UInt8](repeating: 0, count: padding) + [1] + salt
        var masked = zip(block, mask(hash, count: block.count)).map { $0 ^ $1 }
        masked[0] &= 0xff >> UInt8(8 * count - bitCount)
        return masked + hash + [0xbc]
    }

    private static func mask(_ seed: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        for counter in UInt32(0)... where output.count < count {
            output += digest(seed + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) })
            if output.count >= count { break }
        }
        return Array(output.prefix(count))
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA384.hash(data: bytes)) }
}
