package import JOSE
package import LibSodium
package import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a clearing server states about a key whose acceptance is over: how many of its tokens were spent there.
///
/// Travels as a JSON Web Signature with `typ` ``SigningPurpose/redeemedCount``. It has no time, so it is always the
/// same text.
package struct RedeemedCount: Sendable, Hashable {
    /// The issuer's name.
    package let issuer: String
    /// The server.
    package let verifier: VerifierID
    /// The key.
    package let keyID: TokenKeyID
    /// How many tokens were spent, up to 2^63 - 1.
    package let count: UInt64

    /// The largest text that is one, in bytes.
    package static let maximumCount = 2_048

    /// A statement from its parts.
    package init(issuer: String, verifier: VerifierID, keyID: TokenKeyID, count: UInt64) {
        self.issuer = issuer
        self.verifier = verifier
        self.keyID = keyID
        self.count = count
    }

    /// The statement as a JSON Web Signature.
    package func signed(with key: borrowing Ed25519.PrivateKey) -> String {
        JSONWebSignature.sign(payload: payload, purpose: .redeemedCount, key: key)
    }

    /// The statement in a text that was signed with `key`, whose payload is written as ``signed(with:)`` writes it.
    package init(verifying text: String, key: Ed25519.PublicKey) throws(JSONWebSignature.VerificationError) {
        guard text.utf8.count <= Self.maximumCount else { throw .malformed }
        try self.init(payload: JSONWebSignature.verify(text, purpose: .redeemedCount, key: key))
    }

    /// The statement in a text whose signature was checked before it was put on record: it is not looked at here.
    package init(onRecord text: String) throws(JSONWebSignature.VerificationError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maximumCount, parts.count == 3, let bytes = Base64URL.decode(parts[1]) else {
            throw .malformed
        }
        try self.init(payload: bytes)
    }

    private init(payload bytes: [UInt8]) throws(JSONWebSignature.VerificationError) {
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(bytes)), payload.count <= Int64.max,
            let verifier = VerifierID(text: payload.verifier), let keyID = TokenKeyID(hexadecimal: payload.key)
        else { throw .malformed }
        self.init(issuer: payload.iss, verifier: verifier, keyID: keyID, count: payload.count)
        guard self.payload == bytes else { throw .malformed }
    }

    private var payload: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload = Payload(count: count, iss: issuer, key: keyID.hexadecimal, verifier: verifier.text)
        // Strings and integers always encode.
        return (try? encoder.encode(payload)).map { Array($0) } ?? []
    }

    private struct Payload: Codable {
        let count: UInt64
        let iss: String
        let key: String
        let verifier: String
    }
}
