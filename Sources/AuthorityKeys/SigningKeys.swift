internal import JOSE
package import KeyDelivery
package import LibSodium
package import Revocation

/// The keys that an authority signs with, one for each purpose, in guarded memory.
package final class SigningKeys: Sendable {
    private let revocationHead: Ed25519.PrivateKey
    private let keyDelivery: Ed25519.PrivateKey

    init(revocationHead: consuming Ed25519.PrivateKey, keyDelivery: consuming Ed25519.PrivateKey) {
        self.revocationHead = revocationHead
        self.keyDelivery = keyDelivery
    }

    /// The public key for heads of the revocation list.
    package var revocationKey: Ed25519.PublicKey { revocationHead.publicKey }
    /// The public key for key deliveries, which clearing servers pin.
    package var deliveryKey: Ed25519.PublicKey { keyDelivery.publicKey }

    /// The head of the revocation list as a JSON Web Signature.
    package func sign(_ head: RevocationHead) -> String { head.signed(with: revocationHead) }

    /// A key delivery as a JSON Web Signature.
    package func sign(_ document: KeyDeliveryDocument) -> String { document.signed(with: keyDelivery) }

    /// The public keys as they are served at `/.well-known/jwks.json`.
    package var keySet: Publication {
        Publication(
            JSONWebKeySet(keys: [
                JSONWebKey(publicKey: revocationKey, purpose: .revocationHead),
                JSONWebKey(publicKey: deliveryKey, purpose: .keyDelivery),
            ]).encoded)
    }
}
