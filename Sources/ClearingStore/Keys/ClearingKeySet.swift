internal import JOSE
internal import LibSodium
package import PortesVerifier
internal import PrivacyPass

/// The public keys of a clearing server's signatures as they are served at ``JSONWebKeySet/path``.
package struct ClearingKeySet: Sendable {
    /// The JSON.
    package let encoded: [UInt8]
    /// SHA-256 of it, as 64 hexadecimal digits.
    package let digest: String

    /// The keys of all signers.
    package init(receipts: ReceiptSigner, counts: CountSigner, sessions: SessionKey) {
        encoded = JSONWebKeySet(keys: [receipts.webKey, counts.webKey, sessions.webKey]).encoded
        digest = Hexadecimal.encode(SHA256.hash(encoded).bytes)
    }
}
