public import LibSodium
internal import PrivacyPass

/// What a service calls a person: the same at each sign-in there, and to no two services the same.
///
/// 32 bytes: the BLAKE2b digest of the audience and of the first key that the person signed in with. It stays through
/// changes of the key. It is no secret, and nobody can sign in with it.
public struct Pseudonym: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The pseudonym with these bytes, as it was stored.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The pseudonym of whoever signs in with this key for the first time.
    package init(firstKey: Ed25519.PublicKey, audience: Audience) {
        var writer = ByteWriter(capacity: 384)
        writer.append(prefixed: "portes pseudonym v1")
        writer.append(prefixed: audience.text)
        writer.append(firstKey.encoded)
        bytes = KeyedBLAKE2b.hash(writer.bytes)
    }

    /// The bytes as 43 characters of base64url.
    public var text: String { Base64URL.encode(bytes.bytes, padded: false) }
}

extension Pseudonym: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a pseudonym, so that none gets into a log by accident; see ``text``.
    public var description: String { "Pseudonym" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
