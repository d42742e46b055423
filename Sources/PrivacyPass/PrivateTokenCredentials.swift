/// A token in an `Authorization` field of the scheme `PrivateToken` (RFC 9577, section 2.2).
public struct PrivateTokenCredentials: Sendable {
    /// The token, decoded but not verified.
    public let token: Token

    /// Why a field holds no token.
    public enum CredentialsError: Error, Sendable, Hashable {
        /// The field names another scheme.
        case otherScheme
        /// The field has no parameter `token` of base64url, or is longer than ``maximumFieldCount``.
        case malformed
        /// The parameter's bytes are not a token.
        case notAToken(MessageError)
    }

    /// The largest field value that is read, in bytes.
    public static let maximumFieldCount = 8 * 1024

    /// Credentials for a token.
    public init(token: Token) { self.token = token }

    /// Reads the value of an `Authorization` field; unknown parameters are ignored.
    public init(fieldValue: String) throws(CredentialsError) {
        guard fieldValue.utf8.count <= PrivateTokenCredentials.maximumFieldCount else { throw .malformed }
        let fields = AuthenticationField.parse(fieldValue)
        guard let field = fields.first else { throw .malformed }
        guard field.scheme == "privatetoken" else { throw .otherScheme }
        guard fields.count == 1, let text = field.value(of: "token"), let bytes = Base64URL.decode(text) else {
            throw .malformed
        }
        do {
            token = try Token(decoding: bytes)
        } catch {
            throw .notAToken(error)
        }
    }

    /// The value of an `Authorization` field, with the token padded and quoted.
    public var fieldValue: String { "PrivateToken token=\"\(Base64URL.encode(token.encoded))\"" }
}
