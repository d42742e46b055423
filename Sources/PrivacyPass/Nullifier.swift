internal import LibSodium

/// The name under which a token is spent or revoked: 16 bytes of a hash of what the token is made over.
///
/// Made from the ``AuthenticatorInput`` and never from the authenticator, so that whoever reads a ledger or a
/// revocation list cannot present the token. 16 bytes are enough: the 98 bytes contain a nonce that the holder draws
/// before the issuer sees anything, and finding two inputs with one nullifier (2^64 work) only gives its finder two
/// tokens of which one can be spent; hitting somebody else's nullifier is a second preimage (2^128 work).
public struct Nullifier: Sendable, Hashable {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// The number of bytes: 16.
    public static let count = 16

    /// The nullifier of the token made over `input`.
    public init(of input: AuthenticatorInput) {
        let digest = SHA256.hash(Array("portes nullifier v1\n".utf8) + input.encoded)
        bytes = Array(digest.bytes.prefix(Nullifier.count))
    }

    /// The nullifier with these bytes, or `nil` unless there are exactly 16.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Nullifier.count else { return nil }
        self.bytes = Array(bytes)
    }
}
