public import JOSE
public import KeySchedule
public import LibSodium
internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What the authority says, at least once a minute, about how long the revocation list is and what it contains.
public struct RevocationHead: Sendable, Hashable {
    /// The issuer's name.
    public let issuer: String
    /// The number of entries.
    public let size: UInt64
    /// The root over all of them, see ``RevocationEntry/root(after:)``; 32 bytes.
    public let root: Bytes32
    /// When the head was signed.
    public let time: UnixTime

    /// A head from its parts.
    public init(issuer: String, size: UInt64, root: Bytes32, time: UnixTime) {
        self.issuer = issuer
        self.size = size
        self.root = root
        self.time = time
    }

    /// The head as a JSON Web Signature with `typ` ``SigningPurpose/revocationHead``.
    public func signed(with key: borrowing Ed25519.PrivateKey) -> String {
        JSONWebSignature.sign(payload: encoded, purpose: .revocationHead, key: key)
    }

    /// What is signed, and what is a leaf of the log of heads: JSON with sorted names and without white space.
    public var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload = Payload(
            iss: issuer, root: Base64URL.encode(root.bytes, padded: false), size: size, time: time.seconds)
        // Encoding strings and integers cannot fail.
        return (try? encoder.encode(payload)).map { Array($0) } ?? []
    }

    /// The head in a text that was signed with `key`.
    public init(
        verifying text: String, key: Ed25519.PublicKey
    ) throws(JSONWebSignature.VerificationError) {
        let bytes = try JSONWebSignature.verify(text, purpose: .revocationHead, key: key)
        guard let head = RevocationHead(payload: bytes) else { throw .malformed }
        self = head
    }

    /// The head in a payload or a leaf of the log of heads, see ``encoded``; `nil` if it is none. Nothing is checked:
    /// that it was signed has to be known otherwise.
    public init?(payload bytes: [UInt8]) {
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(bytes)),
            let rootBytes = Base64URL.decode(payload.root), let root = Bytes32(rootBytes)
        else { return nil }
        self.init(
            issuer: payload.iss, size: payload.size, root: root, time: UnixTime(seconds: payload.time))
    }

    private struct Payload: Codable {
        let iss: String
        let root: String
        let size: UInt64
        let time: Int64
    }
}
