public import LibSodium
public import PrivacyPass

/// What a service asks a person's device to sign: for whom, what for, once, and until when.
///
/// `version (1) ‖ purpose (1) ‖ audience (2 bytes of length, 1 to 255 bytes) ‖ nonce (32) ‖ expiry (8)`; numbers
/// big-endian, the expiry in UNIX seconds. As text it is base64url without padding.
public struct SignInChallenge: Sendable, Hashable {
    /// What an answer brings about. One that is given for one purpose counts for no other.
    public enum Purpose: UInt8, Sendable, Hashable, CaseIterable {
        /// The person is let in, and an account is opened where there is none.
        case signIn = 1
        /// The account is erased.
        case erase = 2
    }

    /// The service.
    public let audience: Audience
    /// What the answer is for.
    public let purpose: Purpose
    /// 32 bytes that the service chose for this challenge alone.
    public let nonce: Bytes32
    /// The UNIX time, in seconds, from which on no answer counts.
    public let expiry: Int64

    static let version: UInt8 = 1
    /// The most bytes that an encoded challenge has: 299.
    static let maximumCount = 2 + 2 + Audience.maximumCount + Bytes32.count + 8

    /// A challenge from its parts; an expiry before 1970 is that moment.
    public init(audience: Audience, purpose: Purpose = .signIn, nonce: Bytes32, expiry: Int64) {
        self.audience = audience
        self.purpose = purpose
        self.nonce = nonce
        self.expiry = max(0, expiry)
    }

    /// Decodes exactly one challenge; throws ``MessageError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.version, let purpose = Purpose(rawValue: try reader.uint8()) else {
            throw .invalidEncoding
        }
        self.purpose = purpose
        audience = try reader.audience()
        nonce = try reader.bytes32()
        guard let expiry = Int64(exactly: try reader.uint64()) else { throw .invalidEncoding }
        self.expiry = expiry
        try reader.finish()
    }

    /// The challenge in a text of at most 399 characters; throws ``MessageError`` for anything else.
    public init(text: String) throws(MessageError) {
        guard text.utf8.count <= (Self.maximumCount * 4 + 2) / 3, let bytes = Base64URL.decode(text) else {
            throw .invalidEncoding
        }
        try self.init(decoding: bytes)
        // One challenge has one text.
        guard self.text == text else { throw .invalidEncoding }
    }

    /// The encoding.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: Self.maximumCount)
        writer.append(Self.version)
        writer.append(purpose.rawValue)
        writer.append(prefixed: audience.text)
        writer.append(nonce)
        writer.append(UInt64(expiry))
        return writer.bytes
    }

    /// The encoding as base64url without padding.
    public var text: String { Base64URL.encode(encoded, padded: false) }

    /// What is signed for it: nothing else that a key signs begins with the same bytes.
    var signedMessage: [UInt8] {
        var writer = ByteWriter(capacity: Self.maximumCount + 32)
        writer.append(prefixed: "portes sign-in v1")
        writer.append(encoded)
        return writer.bytes
    }
}
