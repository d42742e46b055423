public import LibSodium
internal import PrivacyPass
public import SignIn

/// A person's one secret, 32 random bytes made on their own device, from which every key of theirs is derived.
///
/// Whoever has it is that person everywhere, so it stays on the person's devices, and on paper as a ``RecoveryCode``.
/// What is derived for one service tells nothing of what is derived for another, nor of the secret: each is keyed
/// BLAKE2b (RFC 7693) over a label and an audience, both with two bytes of length in front, under the secret as the
/// key.
public struct IdentitySecret: ~Copyable, Sendable {
    private let secret: SecretBytes

    /// The number of bytes: 32.
    public static let count = 32

    /// A new identity.
    public init() { secret = SecretBytes(randomCount: Self.count) }

    /// The identity with these 32 secret bytes, or `nil` for another number of them.
    public init?(decoding bytes: borrowing SecretBytes) {
        guard bytes.count == Self.count else { return nil }
        secret = bytes.copy()
    }

    /// The 32 bytes, in guarded memory of their own.
    public borrowing func encoded() -> SecretBytes { secret.copy() }

    /// The key with which the person signs in to a service.
    public borrowing func signInKey(for audience: Audience) -> Ed25519.PrivateKey {
        signingKey("portes sign-in key v1", audience.text)
    }

    /// The key of the person's account at a token authority, which is known to that authority alone.
    public borrowing func accountKey(at authority: Audience) -> Ed25519.PrivateKey {
        signingKey("portes account key v1", authority.text)
    }

    /// The key from which nonces and blinds of requests to an issuer are derived, 32 bytes.
    package borrowing func requestKey(for issuer: Audience) -> SecretBytes {
        derive("portes request key v1", issuer.text)
    }

    /// The key under which what an authority keeps for the person is sealed, 32 bytes.
    package borrowing func lockerKey(at authority: Audience) -> SecretBytes {
        derive("portes locker key v1", authority.text)
    }

    /// The key under which the device's wallet is sealed, 32 bytes.
    package borrowing func walletKey() -> SecretBytes { derive("portes wallet key v1", "") }

    private borrowing func signingKey(_ label: String, _ audience: String) -> Ed25519.PrivateKey {
        guard let key = Ed25519.PrivateKey(seed: derive(label, audience)) else {
            preconditionFailure("a derived seed has 32 bytes")
        }
        return key
    }

    private borrowing func derive(_ label: String, _ audience: String) -> SecretBytes {
        var writer = ByteWriter(capacity: 320)
        for text in [label, audience] {
            writer.append(UInt16(truncatingIfNeeded: text.utf8.count))
            writer.append(Array(text.utf8))
        }
        return KeyedBLAKE2b.derive(writer.bytes, key: secret)
    }
}
