public import JOSE
public import KeySchedule
public import LibSodium
public import PrivacyPass
public import SignIn

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a session says: at which service, for what, and until when (RFC 7519). Nothing in it names a person, a token or
/// the time at which it began.
///
/// As JSON, its members in this order: `{"aud":…,"capability":…,"cnf":{"jkt":…},"exp":…,"jti":…}`.
public struct SessionClaims: Sendable, Hashable {
    /// `aud`: the service at which it counts.
    public let audience: Audience
    /// `capability`: what the token was good for that opened it.
    public let capability: Capability
    /// `cnf`, `jkt`: the RFC 7638 thumbprint of the device key that it is bound to (RFC 9449, section 6.1), 32 bytes;
    /// `nil` where whoever bears it may use it.
    public let keyThumbprint: Bytes32?
    /// `exp`: when it ends, a whole number of ``slotLength``.
    public let expiry: UnixTime
    /// `jti`: its name.
    public let id: SessionID

    /// The length of the slots of time in which sessions begin and end, in seconds: 300. All that begin in one slot end
    /// at one time.
    public static let slotLength: Int64 = 300
    /// The most bytes that the text of a session has.
    public static let maximumCount = 2_048

    /// A session from its parts.
    public init(
        audience: Audience, capability: Capability, keyThumbprint: Bytes32?, expiry: UnixTime, id: SessionID
    ) {
        self.audience = audience
        self.capability = capability
        self.keyThumbprint = keyThumbprint
        self.expiry = expiry
        self.id = id
    }

    /// The session as a JSON Web Token with `typ` ``SigningPurpose/session``; `header` has to be that of `key`. The
    /// same claims always give the same text.
    public func signed(with key: borrowing Ed25519.PrivateKey, header: JSONWebSignature.Header) -> String {
        JSONWebSignature.sign(payload: encoded, header: header, key: key)
    }

    /// The claims in a text that was signed with `key`, whose header has to be `header`, byte by byte.
    ///
    /// Variable-time. Whether the session has ended, and whom it is for, is the caller's to check.
    public init(
        verifying text: String, header: JSONWebSignature.Header, key: Ed25519.PublicKey
    ) throws(JSONWebSignature.VerificationError) {
        guard text.utf8.count <= Self.maximumCount else { throw .malformed }
        try self.init(decoding: try JSONWebSignature.verify(text, header: header, purpose: .session, key: key))
    }

    /// The claims in the text of a session, unverified: what the client that opened it may know of it.
    package init(unverified text: String) throws(JSONWebSignature.VerificationError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maximumCount, parts.count == 3, !text.utf8.contains(UInt8(ascii: "=")), Base64URL.decode(parts[2]) != nil,
            let payload = Base64URL.decode(parts[1]), let header = Base64URL.decode(parts[0]), JSONWebSignature.type(inHeader: header) == SigningPurpose.session.type
        else { throw .malformed }
        try self.init(decoding: payload)
    }

    private init(decoding bytes: [UInt8]) throws(JSONWebSignature.VerificationError) {
        let read = Wire(fixedForm: bytes) ?? (try? JSONDecoder().decode(Wire.self, from: Data(bytes)))
        guard let wire = read, let audience = Audience(wire.aud), let capability = Capability(wire.capability),
            let id = SessionID(text: wire.jti)
        else { throw .malformed }
        var thumbprint: Bytes32?
        if let confirmation = wire.cnf {
            thumbprint = Base64URL.decode(confirmation.jkt).flatMap { Bytes32($0) }
            guard thumbprint != nil else { throw .malformed }
        }
        self.init(
            audience: audience, capability: capability, keyThumbprint: thumbprint,
            expiry: UnixTime(seconds: wire.exp), id: id)
        // One session has one text: no member twice, none besides, no other order.
        guard encoded == bytes else { throw .malformed }
    }

    // Written by hand, because an encoder takes as long as the signature does.
    private var encoded: [UInt8] {
        let confirmation = keyThumbprint.map {
            #","cnf":{"jkt":"\#(Base64URL.encode($0.bytes, padded: false))"}"#
        }
        let text = """
            {"aud":\(JSONText.quoted(audience.text)),"capability":"\(capability.name)"\(confirmation ?? ""),\
            "exp":\(expiry.seconds),"jti":"\(id.text)"}
            """
        return Array(text.utf8)
    }

    private struct Wire: Decodable {
        let aud: String
        let capability: String
        let cnf: Confirmation?
        let exp: Int64
        let jti: String

        struct Confirmation: Decodable {
            let jkt: String
        }

        /// The claims as they are written, or `nil` where an audience needs escapes.
        init?(fixedForm bytes: [UInt8]) {
            var reader = FixedFormJSON(bytes)
            guard reader.skip("{\"aud\":\""), let aud = reader.text(), reader.skip(",\"capability\":\""),
                let capability = reader.text()
            else { return nil }
            var cnf: Confirmation?
            if reader.skip(",\"cnf\":{\"jkt\":\"") {
                guard let jkt = reader.text(), reader.skip("}") else { return nil }
                cnf = Confirmation(jkt: jkt)
            }
            guard reader.skip(",\"exp\":"), let exp = reader.number(), reader.skip(",\"jti\":\""), let jti = reader.text(),
                reader.skip("}"), reader.isAtEnd
            else { return nil }
            (self.aud, self.capability, self.cnf, self.exp, self.jti) = (aud, capability, cnf, exp, jti)
        }
    }
}
