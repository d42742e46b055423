internal import LibSodium

/// The name under which a token is spent or revoked: 16 bytes of a hash of what the token is made over.
///
/// Made from the ``AuthenticatorInput`` and never from the authenticator, so that whoever reads a ledger or a
/// revocation list cannot present the token. 16 bytes are enough: the 98 bytes contain a nonce that the holder draws
/// before the issuer sees anything, and finding two inputs with one nullifier (2^64 work) only gives its finder two
/// tokens of which one can be spent; hitting somebody else's nullifier is a second preimage (2^128 work).
///
/// Held without a heap allocation: tables of millions are kept in memory.
public struct Nullifier: Sendable, Hashable {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    /// The number of bytes: 16.
    public static let count = 16

    /// The nullifier of the token made over `input`.
    public init(of input: AuthenticatorInput) { self.init(ofEncoded: input.encoded) }

    /// The nullifier of the token made over an input that is encoded already.
    package init(ofEncoded input: [UInt8]) {
        let digest = SHA256.hash(Nullifier.label + input).bytes
        self.init(high: Self.word(digest[..<8]), low: Self.word(digest[8..<Nullifier.count]))
    }

    private static let label = Array("portes nullifier v1\n".utf8)

    /// The nullifier of two words, each of eight bytes, big-endian.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The nullifier with these bytes, or `nil` unless there are exactly 16.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Nullifier.count else { return nil }
        self.init(high: Self.word(bytes.prefix(8)), low: Self.word(bytes.dropFirst(8)))
    }

    /// The 16 bytes.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    private static func word(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
