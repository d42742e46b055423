/// A token as it is presented; holding one proves nothing until a verifier has checked it (RFC 9577, section 2.2).
///
/// `AuthenticatorInput (98) ‖ authenticator (Nk)`: 146 bytes in all for type 0x0001, 354 for 0x0002, 162 for 0x0005.
/// Whoever has these bytes can spend them, so a token has no description and is not `Hashable`.
public struct Token: Sendable {
    /// Everything but the authenticator.
    public let input: AuthenticatorInput
    /// The authenticator, as many bytes as the token type has. Secret until spent: compare in constant time.
    public let authenticator: [UInt8]

    /// A token from its parts; throws ``MessageError/unsupportedTokenType`` for a type not implemented, and
    /// ``MessageError/invalidLength`` if the authenticator has not as many bytes as its type has.
    public init(input: AuthenticatorInput, authenticator: [UInt8]) throws(MessageError) {
        guard let count = input.tokenType.authenticatorCount else { throw .unsupportedTokenType }
        guard authenticator.count == count else { throw .invalidLength }
        self.input = input
        self.authenticator = authenticator
    }

    /// Decodes the exact bytes of a token of an implemented type.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        input = try AuthenticatorInput(from: &reader)
        authenticator = Array(try reader.take(input.tokenType.authenticatorCount ?? 0))
        try reader.finish()
    }

    /// The bytes to present.
    public var encoded: [UInt8] { input.encoded + authenticator }
}

extension Token: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a token.
    public var description: String { "Token" }
    /// Shows no part of the token.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
