internal import PrivacyPass

/// The revoked tokens of one key: an exact table, of which a change copies only a part.
///
/// A list is a value that many verifications hold while it grows. One set of a million nullifiers would be copied whole
/// for every new entry; of 256 sets only those are in which something is new.
struct RevokedTokens: Sendable {
    private var parts = [Set<Nullifier>](repeating: [], count: 256)

    /// Whether the token with this nullifier is revoked.
    func contains(_ nullifier: Nullifier) -> Bool { parts[Self.part(of: nullifier)].contains(nullifier) }

    /// Adds a token.
    mutating func insert(_ nullifier: Nullifier) { parts[Self.part(of: nullifier)].insert(nullifier) }

    // Who makes tokens can choose this byte; the sets themselves hash with a secret.
    private static func part(of nullifier: Nullifier) -> Int { Int(truncatingIfNeeded: nullifier.low & 0xff) }
}
