internal import JOSE
package import KeyDelivery
package import KeyTransparency
package import LibSodium
internal import PrivacyPass
package import Revocation

/// The keys that an authority signs with, one for each purpose, in guarded memory.
package final class SigningKeys: Sendable {
    private let revocationHead: Ed25519.PrivateKey
    private let keyDelivery: Ed25519.PrivateKey
    private let keyLog: Ed25519.PrivateKey
    private let revocationLog: Ed25519.PrivateKey

    /// The public keys of an authority, by what they sign.
    package struct PublicKeys: Sendable, Hashable {
        /// Heads of the revocation list.
        package var revocationHead: Ed25519.PublicKey?
        /// Key deliveries, which clearing servers pin.
        package var keyDelivery: Ed25519.PublicKey?
        /// Checkpoints of the key log, which clients pin.
        package var keyLog: Ed25519.PublicKey?
        /// Checkpoints of the log of the revocation list's heads.
        package var revocationLog: Ed25519.PublicKey?

        /// The keys as far as they are known.
        package init(
            revocationHead: Ed25519.PublicKey?, keyDelivery: Ed25519.PublicKey?, keyLog: Ed25519.PublicKey?,
            revocationLog: Ed25519.PublicKey?
        ) {
            self.revocationHead = revocationHead
            self.keyDelivery = keyDelivery
            self.keyLog = keyLog
            self.revocationLog = revocationLog
        }
    }

    init(
        revocationHead: consuming Ed25519.PrivateKey, keyDelivery: consuming Ed25519.PrivateKey,
        keyLog: consuming Ed25519.PrivateKey, revocationLog: consuming Ed25519.PrivateKey
    ) {
        self.revocationHead = revocationHead
        self.keyDelivery = keyDelivery
        self.keyLog = keyLog
        self.revocationLog = revocationLog
    }

    /// The public key for heads of the revocation list.
    package var revocationKey: Ed25519.PublicKey { revocationHead.publicKey }
    /// The public key for key deliveries, which clearing servers pin.
    package var deliveryKey: Ed25519.PublicKey { keyDelivery.publicKey }
    /// All public keys.
    package var publicKeys: PublicKeys {
        PublicKeys(
            revocationHead: revocationHead.publicKey, keyDelivery: keyDelivery.publicKey, keyLog: keyLog.publicKey,
            revocationLog: revocationLog.publicKey)
    }

    /// The head of the revocation list as a JSON Web Signature.
    package func sign(_ head: RevocationHead) -> String { head.signed(with: revocationHead) }

    /// A key delivery as a JSON Web Signature.
    package func sign(_ document: KeyDeliveryDocument) -> String { document.signed(with: keyDelivery) }

    /// A checkpoint of the key log as a signed note.
    package func signKeyLog(_ checkpoint: Checkpoint) -> SignedNote { checkpoint.signed(with: keyLog) }

    /// A checkpoint of the log of the revocation list's heads as a signed note.
    package func signRevocationLog(_ checkpoint: Checkpoint) -> SignedNote { checkpoint.signed(with: revocationLog) }

    /// What a statement of another party is known by once it was used, 32 bytes: nobody can find out from a database
    /// alone which it was, even where its id can be guessed, as the key follows from one that is never in there.
    package func statementDigest(issuer: String, id: String) -> Bytes32 {
        var writer = ByteWriter(capacity: 512)
        for text in [issuer, id] {
            writer.append(UInt16(truncatingIfNeeded: text.utf8.count))
            writer.append(Array(text.utf8))
        }
        let key = KeyedBLAKE2b.derive(Array("portes statement digest key v1".utf8), key: keyDelivery.seed())
        return KeyedBLAKE2b.hash(writer.bytes, key: key)
    }

    /// The public keys as they are served at `/.well-known/jwks.json`; those of logs have a form of their own.
    package var keySet: Publication {
        Publication(
            JSONWebKeySet(keys: [
                JSONWebKey(publicKey: revocationKey, purpose: .revocationHead),
                JSONWebKey(publicKey: deliveryKey, purpose: .keyDelivery),
            ]).encoded)
    }
}
