internal import JOSE
public import KeySchedule
public import LibSodium
internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a device shows with a request so that a session that is bound to its key is of no use to anybody else: a DPoP
/// proof (RFC 9449, section 4.2), as it was decoded and with its signature checked, and nothing more.
///
/// A JSON Web Token with `typ` `dpop+jwt` and the public key in its header, over the request's method (`htm`), its URI
/// (`htu`), the time (`iat`), a random name (`jti`) and SHA-256 of what it is shown with (`ath`).
public struct ProofOfPossession: Sendable {
    /// The header field that it travels in.
    public static let fieldName = "DPoP"
    /// The most bytes that a proof has.
    public static let maximumCount = 2_048
    /// The `typ` of its header.
    public static let type = "dpop+jwt"

    /// The RFC 7638 thumbprint of its key, 32 bytes.
    public let keyThumbprint: Bytes32
    /// When it was made, by the device's clock.
    public let time: UnixTime
    /// SHA-256 of its `jti`, 32 bytes: its name where it is remembered.
    public let id: Bytes32
    private let method: String
    private let uri: String
    private let credentialDigest: Bytes32

    /// Why a text is no proof.
    public enum Failure: Error, Sendable, Hashable {
        /// It is not three parts of base64url, has not the members of RFC 9449, or is too long.
        case malformed
        /// Its signature does not hold.
        case invalidSignature
    }

    /// The proof in a text. Checks the signature last; variable-time.
    public init(verifying text: String) throws(Failure) {
        guard text.utf8.count <= Self.maximumCount, !text.utf8.contains(UInt8(ascii: "=")) else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]),
            let payloadBytes = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]).flatMap({ Bytes64($0) }),
            let header = Header(fixedForm: headerBytes) ?? Self.decode(Header.self, headerBytes),
            let payload = Payload(fixedForm: payloadBytes) ?? Self.decode(Payload.self, payloadBytes)
        else { throw .malformed }
        // A key that travels with its private half is nobody's any more (RFC 9449, section 4.3, step 7).
        guard header.typ == Self.type, header.alg == "EdDSA", header.crit == nil, header.jwk.kty == "OKP",
            header.jwk.crv == "Ed25519", header.jwk.d == nil,
            let key = Self.bytes32(header.jwk.x), let digest = payload.ath.flatMap({ Self.bytes32($0) }),
            (1...256).contains(payload.jti.utf8.count), let seconds = Int64(exactly: payload.iat.rounded(.down))
        else { throw .malformed }
        let publicKey = Ed25519.PublicKey(key)
        guard let thumbprint = Base64URL.decode(JSONWebKey.keyID(of: publicKey)).flatMap({ Bytes32($0) }) else {
            throw .malformed
        }
        guard publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)) else {
            throw .invalidSignature
        }
        keyThumbprint = thumbprint
        time = UnixTime(seconds: seconds)
        id = SHA256.hash(Array(payload.jti.utf8))
        method = payload.htm
        uri = payload.htu
        credentialDigest = digest
    }

    /// Whether it was made for a request with this method, to this path at a server of one of these names, shown with
    /// this credential: the text of a session, or the base64url of the token that opens one, without padding.
    ///
    /// Queries and fragments are no part of what is compared (RFC 9449, section 4.3). `https` everywhere, and `http`
    /// where the name is one of the machine itself.
    public func isFor(method: String, path: String, servers: [String], credential: String) -> Bool {
        guard self.method == method, credentialDigest == SHA256.hash(Array(credential.utf8)) else { return false }
        guard let (scheme, server, uriPath) = Self.parts(of: uri), uriPath == Self.withoutQuery(path) else {
            return false
        }
        guard scheme == "https" || scheme == "http" && Self.isOfThisMachine(server) else { return false }
        return servers.contains { Self.normalized($0, scheme) == server }
    }

    /// JSON that every reader reads alike: with no member twice, in UTF-8.
    private static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        guard (try? StrictJSON.object(bytes)) != nil else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// 32 bytes in base64url without padding.
    private static func bytes32(_ text: String) -> Bytes32? {
        text.utf8.count == 43 ? Base64URL.decode(text).flatMap { Bytes32($0) } : nil
    }

    /// Whether a name, host and perhaps port, is one of the machine itself: 127.0.0.1, localhost or [::1].
    package static func isOfThisMachine(_ server: String) -> Bool {
        ["127.0.0.1", "localhost", "[::1]"].contains { host in
            guard server.lowercased().hasPrefix(host) else { return false }
            let port = server.utf8.dropFirst(host.utf8.count)
            return port.isEmpty || port.first == UInt8(ascii: ":") && port.count > 1
                && port.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// Scheme, server and path of a URI, normalized as RFC 9449 asks (section 4.3, step 9).
    private static func parts(of uri: String) -> (scheme: String, server: String, path: String)? {
        guard let separator = uri.firstRange(of: "://") else { return nil }
        let scheme = uri[..<separator.lowerBound].lowercased()
        let rest = withoutQuery(String(uri[separator.upperBound...]))
        let server = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(server.count)
        return (scheme, normalized(String(server), scheme), path.isEmpty ? "/" : String(path))
    }

    /// A server's name in lower case, without the port that its scheme implies.
    private static func normalized(_ server: String, _ scheme: String) -> String {
        let (server, implied) = (server.lowercased(), scheme == "https" ? ":443" : ":80")
        return server.hasSuffix(implied) ? String(server.dropLast(implied.count)) : server
    }

    private static func withoutQuery(_ text: String) -> String { String(text.prefix { $0 != "?" && $0 != "#" }) }

    private struct Header: Decodable {
        let typ: String
        let alg: String
        let jwk: Key
        let crit: [String]?

        struct Key: Decodable {
            let kty: String
            let crv: String
            let x: String
            let d: String?
        }

        /// The header as ``DeviceKey`` writes it.
        init?(fixedForm bytes: [UInt8]) {
            var reader = FixedFormJSON(bytes)
            guard reader.skip("{\"alg\":\"EdDSA\",\"jwk\":{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\""),
                let x = reader.text(), reader.skip("},\"typ\":\"dpop+jwt\"}"), reader.isAtEnd
            else { return nil }
            (typ, alg, crit) = (ProofOfPossession.type, "EdDSA", nil)
            jwk = Key(kty: "OKP", crv: "Ed25519", x: x, d: nil)
        }
    }

    private struct Payload: Decodable {
        let jti: String
        let htm: String
        let htu: String
        let iat: Double
        let ath: String?

        /// The payload as ``DeviceKey`` writes it.
        init?(fixedForm bytes: [UInt8]) {
            var reader = FixedFormJSON(bytes)
            guard reader.skip("{\"ath\":\""), let ath = reader.text(), reader.skip(",\"htm\":\""), let htm = reader.text(),
                reader.skip(",\"htu\":\""), let htu = reader.text(), reader.skip(",\"iat\":"), let iat = reader.number(),
                reader.skip(",\"jti\":\""), let jti = reader.text(), reader.skip("}"), reader.isAtEnd
            else { return nil }
            (self.ath, self.htm, self.htu, self.iat, self.jti) = (ath, htm, htu, Double(iat), jti)
        }
    }
}
