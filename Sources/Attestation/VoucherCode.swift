package import LibSodium

/// A voucher: a bearer code that is worth a number of tokens of one capability.
///
/// `vch_` and 40 characters of base32, which are 20 random bytes and 5 bytes of checksum: so a mistyped code is told
/// from an unknown one without a look into any database. Whoever has the code can use it, so it has no description.
package struct VoucherCode: Sendable {
    /// What every code begins with.
    package static let prefix = "vch_"
    /// How many characters a code has: 44.
    package static let characterCount = 44
    private static let secretCount = 20

    private let secret: [UInt8]

    /// A new random code with 160 bits of entropy.
    package init() { secret = Randomness.bytes(Self.secretCount) }

    /// The code in a text of exactly 44 characters with a right checksum, or `nil`.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.characterCount, text.hasPrefix(Self.prefix),
            let bytes = Base32.decode(text.dropFirst(Self.prefix.count))
        else { return nil }
        secret = Array(bytes.prefix(Self.secretCount))
        guard Array(bytes.dropFirst(Self.secretCount)) == checksum else { return nil }
    }

    /// The text that its holder keeps.
    package var text: String { Self.prefix + Base32.encode(secret + checksum) }

    /// What the authority stores instead of the code.
    package var hash: VoucherHash {
        VoucherHash(KeyedBLAKE2b.hash(Array("portes voucher v1\n".utf8) + secret))
    }

    private var checksum: [UInt8] {
        Array(KeyedBLAKE2b.hash(Array("portes voucher checksum v1\n".utf8) + secret).bytes.prefix(5))
    }
}

extension VoucherCode: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a voucher.
    package var description: String { "VoucherCode" }
    /// Shows no part of the code.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The digest under which a voucher is stored, 32 bytes; the code's 160 random bits cannot be found from it.
package struct VoucherHash: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: Bytes32

    /// The digest with these bytes.
    package init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The name by which an admin speaks of the voucher: the first 8 bytes.
    package var id: VoucherID { VoucherID(prefix: bytes.bytes) }
}
