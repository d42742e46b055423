internal import PrivacyPass

extension KeyRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case capability
        case tokenType = "token-type"
        case publicKey = "token-key"
        case notBefore = "not-before"
        case issueUntil = "issue-until"
        case acceptUntil = "accept-until"
    }

    /// Decodes a record and checks it as ``init(capability:tokenType:publicKey:notBefore:issueUntil:acceptUntil:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let publicKey = Base64URL.decode(try container.decode(String.self, forKey: .publicKey)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .publicKey, in: container, debugDescription: "not base64url")
        }
        try self.init(
            capability: container.decode(Capability.self, forKey: .capability),
            tokenType: TokenType(rawValue: container.decode(UInt16.self, forKey: .tokenType)),
            publicKey: publicKey,
            notBefore: container.decode(UnixTime.self, forKey: .notBefore),
            issueUntil: container.decode(UnixTime.self, forKey: .issueUntil),
            acceptUntil: container.decode(UnixTime.self, forKey: .acceptUntil))
    }

    /// Encodes everything but the id, which follows from the public key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(capability, forKey: .capability)
        try container.encode(tokenType.rawValue, forKey: .tokenType)
        try container.encode(Base64URL.encode(publicKey), forKey: .publicKey)
        try container.encode(notBefore, forKey: .notBefore)
        try container.encode(issueUntil, forKey: .issueUntil)
        try container.encode(acceptUntil, forKey: .acceptUntil)
    }
}
