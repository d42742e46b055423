internal import CSodium

/// expand_message_xmd of RFC 9380, section 5.3.1 with SHA-512 and 64 bytes of output, piece by piece.
///
/// An output of 64 bytes is one block, so the result is b_1 alone.
public struct MessageExpander: Sendable {
    private var firstHash: SHA512
    private let suffix: [UInt8]

    private static let afterZeroBlock: SHA512 = {
        var hash = SHA512()
        hash.update([UInt8](repeating: 0, count: SHA512.blockCount))
        return hash
    }()

    /// An expander of an empty message under a tag of 1 to 255 bytes.
    public init(domainSeparationTag: [UInt8]) {
        precondition((1...255).contains(domainSeparationTag.count), "a tag has 1 to 255 bytes")
        suffix = domainSeparationTag + [UInt8(domainSeparationTag.count)]
        firstHash = MessageExpander.afterZeroBlock
    }

    /// Appends bytes to the message.
    public mutating func update(_ bytes: [UInt8]) { firstHash.update(bytes) }

    /// Appends 32 bytes to the message.
    public mutating func update(_ bytes: Bytes32) { firstHash.update(bytes) }

    /// Appends 64 bytes to the message.
    public mutating func update(_ bytes: Bytes64) { firstHash.update(bytes) }

    /// Appends one byte to the message.
    public mutating func update(_ byte: UInt8) { firstHash.update(byte) }

    /// Appends two bytes to the message, the high one first.
    public mutating func update(bigEndian value: UInt16) { firstHash.update(bigEndian: value) }

    /// Appends secret bytes to the message.
    public mutating func update(_ secret: borrowing SecretBytes) {
        let count = secret.count
        unsafe secret.withPointer { unsafe firstHash.update($0, count: count) }
    }

    /// The 64 expanded bytes.
    public consuming func finalize() -> Bytes64 {
        let suffix = suffix
        var first = firstHash
        first.update(bigEndian: UInt16(SHA512.digestCount))
        first.update(0)
        first.update(suffix)
        var second = SHA512()
        second.update(first.finalize())
        second.update(1)
        second.update(suffix)
        return second.finalize()
    }
}
