package import LibSodium
internal import PrivacyPass

/// What an authority has an account's key answer: it keeps nothing of it, and knows its own by the tag.
///
/// `version (1) ‖ difficulty (1) ‖ expires (8) ‖ random (16) ‖ tag (16)`; the tag is keyed BLAKE2b over the rest.
package struct AccountChallenge: Sendable, Hashable {
    /// The number of bytes: 42.
    package static let count = tagged + tagCount
    private static let tagged = 26
    private static let tagCount = 16
    private static let version: UInt8 = 1

    /// The bytes.
    package let encoded: [UInt8]

    /// A new challenge, with a tag under this key.
    package init(difficulty: UInt8, expires: Int64, key: borrowing SecretBytes) {
        var writer = ByteWriter(capacity: Self.count)
        writer.append(Self.version)
        writer.append(difficulty)
        writer.append(UInt64(bitPattern: expires))
        writer.append(Randomness.bytes(16))
        encoded = writer.bytes + Self.tag(writer.bytes, key: key)
    }

    /// The challenge in these bytes, whoever made it; `nil` if they have not its form.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count == Self.count, bytes[0] == Self.version else { return nil }
        encoded = bytes
    }

    /// How many leading zero bits a proof of work has to have.
    package var difficulty: UInt8 { encoded[1] }

    /// The last second in which it is taken, in UNIX seconds.
    package var expires: Int64 {
        Int64(bitPattern: encoded[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// What tells it from every other challenge, 16 bytes.
    package var random: [UInt8] { Array(encoded[10..<Self.tagged]) }

    /// What is signed of it.
    package var digest: Bytes32 { KeyedBLAKE2b.hash(encoded) }

    /// Whether it was made with this key. Constant-time.
    package func isMade(with key: borrowing SecretBytes) -> Bool {
        ConstantTime.areEqual(Array(encoded[Self.tagged...]), Self.tag(Array(encoded[..<Self.tagged]), key: key))
    }

    private static func tag(_ bytes: [UInt8], key: borrowing SecretBytes) -> [UInt8] {
        Array(KeyedBLAKE2b.hash(Array("portes account challenge v1\n".utf8) + bytes, key: key).bytes.prefix(tagCount))
    }
}
