public import KeySchedule
public import LibSodium
internal import JOSE
internal import PrivacyPass

/// A key that a device makes for one session and shows nowhere else, so that no two sessions can be told to be one
/// device's.
public final class DeviceKey: Sendable {
    private let key: Ed25519.PrivateKey
    private let header: String

    /// The RFC 7638 thumbprint of the public key, 32 bytes.
    public let thumbprint: Bytes32

    /// The key of a seed of 32 bytes, or `nil` if it has another length.
    public init?(seed: borrowing SecretBytes) {
        guard let key = Ed25519.PrivateKey(seed: seed) else { return nil }
        let x = Base64URL.encode(key.publicKey.encoded.bytes, padded: false)
        guard let thumbprint = Base64URL.decode(JSONWebKey.keyID(of: key.publicKey)).flatMap({ Bytes32($0) }) else {
            return nil
        }
        self.thumbprint = thumbprint
        header = #"{"alg":"EdDSA","jwk":{"crv":"Ed25519","kty":"OKP","x":"\#(x)"},"typ":"dpop+jwt"}"#
        self.key = key
    }

    /// A proof for one request, in the form of ``ProofOfPossession``: every request has one of its own.
    ///
    /// `uri` without query and fragment; `credential` is the text of the session, or the token that opens one in
    /// base64url without padding.
    public func proof(method: String, uri: String, credential: String, at now: UnixTime) -> String {
        let digest = Base64URL.encode(SHA256.hash(Array(credential.utf8)).bytes, padded: false)
        let name = Base64URL.encode(Randomness.bytes(16), padded: false)
        let payload = """
            {"ath":"\(digest)","htm":\(JSONText.quoted(method)),"htu":\(JSONText.quoted(uri)),"iat":\(now.seconds),\
            "jti":"\(name)"}
            """
        let signed = Base64URL.encode(Array(header.utf8), padded: false) + "."
            + Base64URL.encode(Array(payload.utf8), padded: false)
        return signed + "." + Base64URL.encode(key.signature(for: Array(signed.utf8)).bytes, padded: false)
    }
}

extension DeviceKey: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a device's key.
    public var description: String { "DeviceKey" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
