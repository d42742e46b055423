package import LibSodium
internal import PrivacyPass

/// What a statement of another party is bound to: SHA-256 of the account's key and a salt, from which that party learns
/// nothing of the account.
package struct StatementBinding: Sendable, Hashable {
    /// How many bytes a salt has.
    package static let saltCounts = 16...64

    /// The 32 bytes.
    package let bytes: Bytes32

    /// The binding of an account with a salt, which is random and used for one statement; `nil` for a salt that is too
    /// short or too long.
    package init?(account: Ed25519.PublicKey, salt: [UInt8]) {
        guard Self.saltCounts.contains(salt.count) else { return nil }
        bytes = SHA256.hash(account.encoded.bytes + salt)
    }

    /// The binding as it stands in a statement: 43 characters of base64url.
    package var text: String { Base64URL.encode(bytes.bytes, padded: false) }
}
