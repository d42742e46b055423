public import LibSodium
package import Sessions
package import JOSE
internal import PrivacyPass

/// What a service signs its sessions with, and names them by: all of its processes share one, which lives at least as
/// long as the tokens that open sessions, since a repeated request must get the same session again.
public final class SessionKey: Sendable {
    /// How many bytes its seed has: 32.
    public static let seedCount = 32

    private let key: Ed25519.PrivateKey
    private let nameKey: SecretBytes
    private let bindingKey: SecretBytes
    private let header: JSONWebSignature.Header

    /// The public half, with which anyone can check sessions.
    public let publicKey: Ed25519.PublicKey

    /// The key of a seed of 32 random bytes, or `nil` if it has another length.
    public init?(seed: borrowing SecretBytes) {
        guard seed.count == Self.seedCount else { return nil }
        let signing = KeyedBLAKE2b.derive(Array("portes session key v1".utf8), key: seed)
        guard let key = Ed25519.PrivateKey(seed: signing) else { return nil }
        nameKey = KeyedBLAKE2b.derive(Array("portes session name v1".utf8), key: seed)
        bindingKey = KeyedBLAKE2b.derive(Array("portes session binding v1".utf8), key: seed)
        publicKey = key.publicKey
        header = JSONWebSignature.Header(purpose: .session, key: key.publicKey)
        self.key = key
    }

    /// The JSON Web Key Set with which any gateway checks sessions, to be served at ``JSONWebKeySet/path``.
    public var keySet: [UInt8] { JSONWebKeySet(keys: [webKey]).encoded }

    /// The public half, for a set in which there are other keys too.
    package var webKey: JSONWebKey { JSONWebKey(publicKey: publicKey, purpose: .session) }

    /// The name of the session that was opened by a spend with a binding of this digest: always the same.
    func name(ofBinding digest: Bytes32) -> SessionID { SessionID(KeyedBLAKE2b.hash(digest.bytes, key: nameKey)) }

    /// What a token is spent with that opens a session: what only this service can make, so that no client can have a
    /// token redeemed with it and open a session too.
    func binding(of request: [UInt8]) -> SpendBinding? {
        SpendBinding(KeyedBLAKE2b.hash(request, key: bindingKey).bytes)
    }

    /// The text of a session.
    package func sign(_ claims: SessionClaims) -> String { claims.signed(with: key, header: header) }
}
