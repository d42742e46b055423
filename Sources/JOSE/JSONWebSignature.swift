public import LibSodium
internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A signed JSON document in the compact form `header.payload.signature` (RFC 7515, section 3.1; EdDSA of RFC 8037).
public enum JSONWebSignature {
    /// The largest text that is read, in bytes.
    public static let maximumCount = 4 * 1024 * 1024

    /// Why a text is not a signature that counts.
    public enum VerificationError: Error, Sendable, Hashable {
        /// The text is not three parts of base64url, or is too long, or its header is not ours.
        case malformed
        /// The header names another kind of document than the one expected.
        case wrongType
        /// The header names another key.
        case unknownKey
        /// The signature does not hold.
        case invalidSignature
    }

    /// The first part of everything that one key signs for one purpose: worth keeping where that is much.
    public struct Header: Sendable, Hashable {
        let encoded: String

        /// The header of signatures by `key` for `purpose`.
        public init(purpose: SigningPurpose, key: Ed25519.PublicKey) {
            let header = #"{"alg":"EdDSA","kid":"\#(JSONWebKey.keyID(of: key))","typ":"\#(purpose.type)"}"#
            encoded = Base64URL.encode(Array(header.utf8), padded: false)
        }
    }

    /// The compact form for `payload`, a JSON object; the same payload always gives the same text.
    public static func sign(
        payload: [UInt8], purpose: SigningPurpose, key: borrowing Ed25519.PrivateKey
    ) -> String {
        sign(payload: payload, header: Header(purpose: purpose, key: key.publicKey), key: key)
    }

    /// The compact form for `payload` with the header of this very key.
    public static func sign(
        payload: [UInt8], header: Header, key: borrowing Ed25519.PrivateKey
    ) -> String {
        let signed = header.encoded + "." + Base64URL.encode(payload, padded: false)
        let signature = key.signature(for: Array(signed.utf8))
        return signed + "." + Base64URL.encode(signature.bytes, padded: false)
    }

    /// The payload of a text that was signed with `key` for `purpose`.
    public static func verify(
        _ text: String, purpose: SigningPurpose, key: Ed25519.PublicKey
    ) throws(VerificationError) -> [UInt8] {
        // Padding is not part of the form (RFC 7515, section 2): one document has one text only.
        guard text.utf8.count <= maximumCount, !text.utf8.contains(UInt8(ascii: "=")) else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signatureBytes = Base64URL.decode(parts[2]),
            let signature = Bytes64(signatureBytes),
            let header = try? JSONDecoder().decode(ReadHeader.self, from: Data(headerBytes)),
            header.alg == "EdDSA", header.crit == nil
        else { throw .malformed }
        guard header.typ == purpose.type else { throw .wrongType }
        guard header.kid == JSONWebKey.keyID(of: key) else { throw .unknownKey }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard key.isValidSignature(signature, for: signed) else { throw .invalidSignature }
        return payload
    }

    /// The payload of a text whose header is `header`, byte by byte, and that was signed with `key`: as
    /// ``verify(_:purpose:key:)``, for those that check many. `header` has to be that of `key` for `purpose`.
    public static func verify(
        _ text: String, header: Header, purpose: SigningPurpose, key: Ed25519.PublicKey
    ) throws(VerificationError) -> [UInt8] {
        let bytes = Array(text.utf8)
        let prefix = Array(header.encoded.utf8) + [UInt8(ascii: ".")]
        // Whatever is wrong with another header, the other way names it.
        guard bytes.starts(with: prefix), let end = bytes.lastIndex(of: UInt8(ascii: ".")), end >= prefix.count else {
            _ = try verify(text, purpose: purpose, key: key)
            throw .malformed
        }
        let (payloadText, signatureText) = (bytes[prefix.count..<end], bytes[(end + 1)...])
        guard !bytes.contains(UInt8(ascii: "=")),
            let payload = Base64URL.decode(String(decoding: payloadText, as: UTF8.self)),
            let signature = Base64URL.decode(String(decoding: signatureText, as: UTF8.self)).flatMap({ Bytes64($0) })
        else { throw .malformed }
        guard key.isValidSignature(signature, for: Array(bytes[..<end])) else { throw .invalidSignature }
        return payload
    }

    /// The `typ` that the JSON of a header names, or `nil`.
    package static func type(inHeader bytes: [UInt8]) -> String? {
        (try? JSONDecoder().decode(ReadHeader.self, from: Data(bytes)))?.typ
    }

    private struct ReadHeader: Decodable {
        let alg: String
        let kid: String
        let typ: String
        // Names of extensions that a reader must understand (RFC 7515, section 4.1.11); there are none.
        let crit: [String]?
    }
}
