public import LibSodium
internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A public Ed25519 key as a JSON Web Key (RFC 8037): `kty` OKP, `crv` Ed25519.
public struct JSONWebKey: Sendable, Hashable {
    /// The key.
    public let publicKey: Ed25519.PublicKey
    /// What the key signs.
    public let purpose: SigningPurpose

    /// A key that signs for one purpose.
    public init(publicKey: Ed25519.PublicKey, purpose: SigningPurpose) {
        self.publicKey = publicKey
        self.purpose = purpose
    }

    /// The key's id: its RFC 7638 thumbprint with SHA-256, base64url without padding.
    public var keyID: String { JSONWebKey.keyID(of: publicKey) }

    /// The id of a key: its RFC 7638 thumbprint with SHA-256, base64url without padding.
    public static func keyID(of publicKey: Ed25519.PublicKey) -> String {
        let x = Base64URL.encode(publicKey.encoded.bytes, padded: false)
        let thumbprintInput = #"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#
        return Base64URL.encode(SHA256.hash(Array(thumbprintInput.utf8)).bytes, padded: false)
    }

    /// The JSON object.
    var json: String {
        let x = Base64URL.encode(publicKey.encoded.bytes, padded: false)
        return #"{"alg":"EdDSA","crv":"Ed25519","kid":"\#(keyID)","kty":"OKP","use":"sig","x":"\#(x)"}"#
    }
}

/// The keys that a server signs with (RFC 7517, section 5), served at `/.well-known/jwks.json`.
public struct JSONWebKeySet: Sendable, Hashable {
    /// The keys.
    public let keys: [JSONWebKey]

    /// The path at which key sets are served.
    public static let path = "/.well-known/jwks.json"

    /// A set of keys.
    public init(keys: [JSONWebKey]) { self.keys = keys }

    /// The Ed25519 public keys in the JSON of a set, in order; keys of other kinds are passed over. `nil` if it is
    /// none, or has more than 64 KiB.
    public static func publicKeys(in encoded: [UInt8]) -> [Ed25519.PublicKey]? {
        guard encoded.count <= 64 * 1024, let set = try? JSONDecoder().decode(Wire.self, from: Data(encoded)) else {
            return nil
        }
        return set.keys.compactMap { key in
            guard key.kty == "OKP", key.crv == "Ed25519", let x = key.x.flatMap({ Base64URL.decode($0) }) else {
                return nil
            }
            return Bytes32(x).map { Ed25519.PublicKey($0) }
        }
    }

    private struct Wire: Decodable {
        let keys: [Key]

        struct Key: Decodable {
            let kty: String
            let crv: String?
            let x: String?
        }
    }

    /// The JSON document; the same set always gives the same bytes.
    public var encoded: [UInt8] { Array(#"{"keys":[\#(keys.map(\.json).joined(separator: ","))]}"#.utf8) }
}
