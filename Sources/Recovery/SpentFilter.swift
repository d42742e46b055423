internal import LibSodium
public import PrivacyPass

/// Which tokens of one key were spent at one server, in few bytes, so that a wallet that was brought back need not show
/// tokens to find out: for every spent token it says so, and for one in 4,096 others too.
///
/// A Golomb-coded set: the nullifiers' first eight bytes, scaled to `n · 4,096`, sorted, and their differences in
/// Golomb-Rice coding with 12 low bits; some 13.6 bits a token. `version (1) ‖ n (8, big-endian) ‖ code`, whose last
/// byte is filled up with zeros.
public struct SpentFilter: Sendable, Hashable {
    /// The bytes, the same for everybody.
    public let encoded: [UInt8]
    /// How many tokens were spent.
    public let count: Int

    /// The path at which clearing servers publish filters, before a slash and the key id in hexadecimal.
    public static let path = "/spent"
    /// The media type.
    public static let mediaType = "application/vnd.portes.spent-filter"
    /// The most bytes that are read: 64 MiB, of some 39 million tokens.
    public static let maximumCount = 64 * 1024 * 1024
    private static let version: UInt8 = 1
    private static let rate: UInt64 = 12

    /// The filter of the tokens with these nullifiers.
    public init(_ nullifiers: some Collection<Nullifier>) {
        let count = nullifiers.count
        var values = nullifiers.map { Self.value($0, of: UInt64(count)) }
        values.sort()
        var header = ByteWriter(capacity: 9 + count * 14 / 8)
        header.append(Self.version)
        header.append(UInt64(count))
        var bits = BitWriter(header.bytes)
        var last: UInt64 = 0
        for value in values {
            let difference = value - last
            bits.append(ones: difference >> Self.rate)
            bits.append(difference, count: Self.rate)
            last = value
        }
        self.count = count
        encoded = bits.bytes
    }

    /// Reads a filter as far as to its count; throws ``MessageError`` for bytes that cannot be one.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        guard bytes.count <= Self.maximumCount else { throw .invalidLength }
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.version else { throw .invalidEncoding }
        // Each takes more than 12 bits, so a count cannot exceed what is there.
        guard let count = Int(exactly: try reader.uint64()), count <= reader.remaining * 8 / 13 + 1 else {
            throw .truncated
        }
        self.count = count
        encoded = bytes
        guard Self.values(in: bytes, count: count) != nil else { throw .truncated }
    }

    /// The SHA-256 digest of the bytes, 64 hexadecimal digits.
    public var digest: String { Hexadecimal.encode(SHA256.hash(encoded).bytes) }

    /// Those of some nullifiers that were spent, and perhaps one in 4,096 that were not. Goes through the filter once.
    public func spent(among nullifiers: [Nullifier]) -> Set<Nullifier> {
        guard count > 0 else { return [] }
        let wanted = Dictionary(grouping: nullifiers) { Self.value($0, of: UInt64(count)) }
        var found: Set<Nullifier> = []
        _ = Self.values(in: encoded, count: count) { value in
            if let nullifiers = wanted[value] { found.formUnion(nullifiers) }
        }
        return found
    }

    private static func value(_ nullifier: Nullifier, of count: UInt64) -> UInt64 {
        // Uniform from 0 to n · 4,096 less one: the nullifier is a hash.
        nullifier.high.multipliedFullWidth(by: count << rate).high
    }

    /// Gives each value to `body`; `nil` where the code ends too early, or goes on after the last.
    private static func values(in bytes: [UInt8], count: Int, _ body: (UInt64) -> Void = { _ in }) -> Void? {
        var bits = BitReader(bytes, from: 9)
        let limit = UInt64(count) << rate
        var value: UInt64 = 0
        for _ in 0..<count {
            guard let high = bits.ones(), let low = bits.number(count: rate), high <= UInt64(count) else { return nil }
            value += high << rate | low
            guard value < limit else { return nil }
            body(value)
        }
        return bits.isAtEnd ? () : nil
    }
}
