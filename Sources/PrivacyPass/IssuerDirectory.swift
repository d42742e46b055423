#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What an Issuer publishes about itself (RFC 9578, section 4), served as JSON at
/// `/.well-known/private-token-issuer-directory`.
///
/// Keys of types not implemented here are kept as they are, so that a reader can skip them.
public struct IssuerDirectory: Sendable, Hashable {
    /// Where token requests go: absolute, or relative to the directory.
    public let issuerRequestURI: String
    /// The keys, the one to use now first.
    public let tokenKeys: [Key]

    /// The issuer's name in challenges: an addition of this project, `nil` elsewhere. Tokens for challenges with
    /// another name are of no use.
    public let issuerName: ServerName?

    /// The path at which directories are served.
    public static let path = "/.well-known/private-token-issuer-directory"
    /// The largest directory that ``init(decoding:)`` reads, in bytes.
    public static let maximumEncodedCount = 256 * 1024

    /// One key of a directory.
    public struct Key: Sendable, Hashable {
        /// The type of tokens that the key issues.
        public let tokenType: TokenType
        /// The public key as it stands on the wire: 49 bytes for type 0x0001, 342 for 0x0002, 32 for 0x0005.
        public let tokenKey: [UInt8]
        /// When the key begins to issue, in UNIX seconds; `nil` for at once.
        public let notBefore: Int64?
        /// The capability that its tokens carry: an addition of this project, absent elsewhere.
        public let capability: Capability?

        /// A key from its parts.
        public init(
            tokenType: TokenType, tokenKey: [UInt8], notBefore: Int64? = nil, capability: Capability? = nil
        ) {
            self.tokenType = tokenType
            self.tokenKey = tokenKey
            self.notBefore = notBefore
            self.capability = capability
        }
    }

    /// Why bytes are not a directory.
    public enum DirectoryError: Error, Sendable, Hashable {
        /// There are more than ``IssuerDirectory/maximumEncodedCount`` bytes.
        case tooLarge
        /// The bytes are not the JSON of a directory.
        case malformed
    }

    /// A directory from its parts.
    public init(issuerRequestURI: String, tokenKeys: [Key], issuerName: ServerName? = nil) {
        self.issuerName = issuerName
        self.issuerRequestURI = issuerRequestURI
        self.tokenKeys = tokenKeys
    }

    /// Decodes the JSON of a directory; unknown members are ignored.
    public init(decoding bytes: [UInt8]) throws(DirectoryError) {
        guard bytes.count <= IssuerDirectory.maximumEncodedCount else { throw .tooLarge }
        do {
            self = try JSONDecoder().decode(IssuerDirectory.self, from: Data(bytes))
        } catch {
            throw .malformed
        }
    }

    /// The JSON of the directory; the same directory always gives the same bytes.
    public var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding strings and integers cannot fail.
        return (try? encoder.encode(self)).map { Array($0) } ?? []
    }

    /// The key that a client uses now for a capability: the first that has begun, of `tokenType` or of any type that is
    /// implemented.
    public func currentKey(
        for capability: Capability?, tokenType: TokenType? = nil, at unixSeconds: Int64
    ) -> Key? {
        tokenKeys.first { key in
            (tokenType.map { $0 == key.tokenType } ?? (key.tokenType.scheme != nil))
                && (key.notBefore ?? .min) <= unixSeconds && (capability == nil || key.capability == capability)
        }
    }
}

extension IssuerDirectory: Codable {
    private enum CodingKeys: String, CodingKey {
        case issuerName = "issuer-name"
        case issuerRequestURI = "issuer-request-uri"
        case tokenKeys = "token-keys"
    }

    /// Decodes a directory; throws what the decoder throws for a missing or malformed member.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        issuerRequestURI = try container.decode(String.self, forKey: .issuerRequestURI)
        tokenKeys = try container.decode([Key].self, forKey: .tokenKeys)
        issuerName = try container.decodeIfPresent(String.self, forKey: .issuerName).map {
            do {
                return try ServerName($0)
            } catch {
                throw DecodingError.dataCorruptedError(
                    forKey: .issuerName, in: container, debugDescription: "not a server's name")
            }
        }
    }

    /// Encodes a directory.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(issuerName?.text, forKey: .issuerName)
        try container.encode(issuerRequestURI, forKey: .issuerRequestURI)
        try container.encode(tokenKeys, forKey: .tokenKeys)
    }
}

extension IssuerDirectory.Key: Codable {
    private enum CodingKeys: String, CodingKey {
        case tokenType = "token-type"
        case tokenKey = "token-key"
        case notBefore = "not-before"
        case capability
    }

    /// Decodes one key; throws what the decoder throws for a missing or malformed member, a negative date among them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tokenType = TokenType(rawValue: try container.decode(UInt16.self, forKey: .tokenType))
        guard let key = Base64URL.decode(try container.decode(String.self, forKey: .tokenKey)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .tokenKey, in: container, debugDescription: "not base64url")
        }
        tokenKey = key
        notBefore = try container.decodeIfPresent(Int64.self, forKey: .notBefore)
        guard notBefore ?? 0 >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .notBefore, in: container, debugDescription: "before 1970")
        }
        capability = try container.decodeIfPresent(Capability.self, forKey: .capability)
    }

    /// Encodes one key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tokenType.rawValue, forKey: .tokenType)
        try container.encode(Base64URL.encode(tokenKey), forKey: .tokenKey)
        try container.encodeIfPresent(notBefore, forKey: .notBefore)
        try container.encodeIfPresent(capability, forKey: .capability)
    }
}
