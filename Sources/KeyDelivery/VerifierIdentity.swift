package import LibSodium
internal import PrivacyPass

/// Who a clearing server is, as its admin gives it to the authority's: the key that secrets are sealed to, and the one
/// that redeemed counts are signed with.
///
/// As text it is base64url without padding of `X25519[32] ‖ Ed25519[32]`, 86 characters; or of the first alone, 43
/// characters, for a server that hands over no counts.
package struct VerifierIdentity: Sendable, Hashable {
    /// The key that secrets are sealed to.
    package let sealing: SealedBox.PublicKey
    /// The key that signs redeemed counts, or `nil`.
    package let counts: Ed25519.PublicKey?

    /// An identity from its parts.
    package init(sealing: SealedBox.PublicKey, counts: Ed25519.PublicKey?) {
        self.sealing = sealing
        self.counts = counts
    }

    /// The identity in a text; `nil` if it is none, or nothing can be sealed to it.
    package init?(text: String) {
        guard [43, 86].contains(text.utf8.count), let bytes = Base64URL.decode(text),
            let sealing = Bytes32(bytes.prefix(Bytes32.count)).map({ SealedBox.PublicKey($0) })
        else { return nil }
        // A point of small order would give everybody the secrets; sealing to it fails.
        guard sealing.seal(SecretBytes(randomCount: 1)) != nil else { return nil }
        self.sealing = sealing
        counts = Bytes32(bytes.dropFirst(Bytes32.count)).map { Ed25519.PublicKey($0) }
        guard (counts == nil) == (bytes.count == Bytes32.count) else { return nil }
    }

    /// The identity as text.
    package var text: String {
        Base64URL.encode(sealing.encoded.bytes + (counts?.encoded.bytes ?? []), padded: false)
    }
}
