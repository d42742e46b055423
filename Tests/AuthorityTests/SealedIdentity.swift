import LibSodium
import PrivacyPass

/// The identity of a clearing server, as its admin sends it.
struct SealedIdentity {
    let publicKey: String
    let id: VerifierID

    init() {
        let key = SealedBox.PrivateKey()
        publicKey = Base64URL.encode(key.publicKey.encoded.bytes, padded: false)
        id = VerifierID(of: key.publicKey)
    }
}
