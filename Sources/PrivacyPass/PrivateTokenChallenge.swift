/// A challenge of the scheme `PrivateToken` in a `WWW-Authenticate` field (RFC 9577, section 2.1).
public struct PrivateTokenChallenge: Sendable, Hashable {
    /// The challenge.
    public let challenge: TokenChallenge
    /// The public key to use, as it stands on the wire (49 bytes for type 0x0001, 342 for 0x0002, 32 for 0x0005), or
    /// `nil` if the client is to find it in the issuer's directory.
    public let tokenKey: [UInt8]?
    /// For how many seconds the challenge may be answered, or `nil` if it does not say.
    public let maximumAge: UInt64?

    /// A challenge from its parts.
    public init(challenge: TokenChallenge, tokenKey: [UInt8]? = nil, maximumAge: UInt64? = nil) {
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.maximumAge = maximumAge
    }

    /// The largest field value that ``parse(_:)`` reads, in bytes; a longer one counts as empty.
    public static let maximumFieldCount = 64 * 1024

    /// The challenges of implemented types in the values of all `WWW-Authenticate` fields of a response, in order.
    ///
    /// Other schemes, types not implemented (GREASE among them, whose body is not looked at), unknown parameters and
    /// whatever is malformed are passed over.
    public static func parse(_ fieldValues: [String]) -> [PrivateTokenChallenge] {
        fieldValues.filter { $0.utf8.count <= maximumFieldCount }
            .flatMap { AuthenticationField.parse($0) }
            .compactMap { PrivateTokenChallenge($0) }
    }

    private init?(_ field: AuthenticationField) {
        guard field.scheme == "privatetoken",
            let encoded = field.value(of: "challenge").flatMap({ Base64URL.decode($0) }),
            let challenge = try? TokenChallenge(decoding: encoded)
        else { return nil }
        self.challenge = challenge
        if let text = field.value(of: "token-key") {
            guard let key = Base64URL.decode(text) else { return nil }
            tokenKey = key
        } else {
            tokenKey = nil
        }
        maximumAge = field.value(of: "max-age").flatMap { UInt64($0) }
    }

    /// The value of a `WWW-Authenticate` field, with values padded and quoted.
    public var fieldValue: String {
        var text = "PrivateToken challenge=\"\(Base64URL.encode(challenge.encoded))\""
        if let tokenKey { text += ", token-key=\"\(Base64URL.encode(tokenKey))\"" }
        if let maximumAge { text += ", max-age=\"\(maximumAge)\"" }
        return text
    }

    /// A challenge of a GREASE type with a random body, which keeps clients used to skipping what they do not know
    /// (RFC 9577, section 5.2.1).
    ///
    /// `greaseIndex` picks one of ``TokenType/greaseValues``, wrapping around; `body` follows the type.
    public static func greaseFieldValue(greaseIndex: Int, body: [UInt8]) -> String {
        let type = TokenType.greaseValues[abs(greaseIndex % TokenType.greaseValues.count)]
        let bytes = [UInt8(type >> 8), UInt8(type & 0xff)] + body
        return "PrivateToken challenge=\"\(Base64URL.encode(bytes))\""
    }
}
