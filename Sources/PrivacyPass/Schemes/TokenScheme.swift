package import LibSodium

/// Everything in which one token type differs from the others (RFC 9578, sections 5 and 6).
///
/// A type is one value of this protocol in a file of its own, and one line in ``TokenSchemes/all``: messages, keys,
/// issuing, finalizing, verifying, importing and showing ask the table, and nothing else names a type.
package protocol TokenScheme: Sendable {
    /// The type's code point.
    var tokenType: TokenType { get }
    /// What the type is called in the registry.
    var name: String { get }
    /// Nk: how many bytes an authenticator has.
    var authenticatorCount: Int { get }
    /// How many bytes a public key has on the wire.
    var publicKeyCount: Int { get }
    /// How many bytes a blinded message has: what a token request carries after type and truncated key id.
    var blindedMessageCount: Int { get }
    /// How many bytes a token response has.
    var responseCount: Int { get }
    /// Whether the public key is all that verifying takes. Where it is not, whoever verifies can also issue.
    var isPubliclyVerifiable: Bool { get }
    /// Whether clients ask for many tokens with one proof (``AmortizedBatchTokenRequest``), with blinds of their own
    /// choice: such a request can be written down, finalized by another process, and made again from a secret.
    var hasStorableRequests: Bool { get }
    /// How a secret is written down where it was made elsewhere.
    var secretForm: TokenSecretForm { get }
    /// What the RFCs call a blinded message.
    var blindedMessageName: String { get }
    /// What the RFCs call the parts of a token response, with the number of bytes of each.
    var responseParts: [(name: String, count: Int)] { get }

    /// Whether bytes are a public key in its one encoding.
    func isPublicKey(_ bytes: [UInt8]) -> Bool
    /// Whether bytes are a blinded message, as far as that can be seen without the key.
    func isBlindedMessage(_ bytes: [UInt8]) -> Bool
    /// Whether bytes are a token response, as far as that can be seen without the request.
    func isResponse(_ bytes: [UInt8]) -> Bool

    /// Blinds authenticator inputs of 98 bytes, each for one token.
    func blind(_ inputs: [[UInt8]], publicKey: [UInt8]) throws(TokenSchemeError) -> [any TokenBlinding]
    /// A new random key.
    func makePrivateKey() throws(TokenSchemeError) -> any TokenPrivateKey
    /// The key with these secret bytes, as ``TokenPrivateKey/encoded()`` gives them.
    func privateKey(decoding bytes: borrowing SecretBytes) throws(TokenSchemeError) -> any TokenPrivateKey
    /// What verifies with the public key alone, or `nil` for bytes that are none, and for a type that is not publicly
    /// verifiable.
    func publicVerification(publicKey: [UInt8]) -> (any AuthenticatorVerification)?
}

extension TokenScheme {
    package var isPubliclyVerifiable: Bool { false }
    package var hasStorableRequests: Bool { false }
    package func publicVerification(publicKey: [UInt8]) -> (any AuthenticatorVerification)? { nil }
}

/// How a secret is written down.
package enum TokenSecretForm: Sendable {
    /// A number as RFC 9497 writes it: so many bytes, of this group, in this order of bytes.
    case scalar(count: Int, group: String, order: String)
    /// An RSA key as PEM.
    case rsaPEM
}

/// Why an operation of a token type failed.
package enum TokenSchemeError: Error, Sendable, Hashable {
    /// Bytes are not a public key of the type.
    case invalidPublicKey
    /// Bytes are not a private key of the type, or none could be made.
    case invalidPrivateKey
    /// A blinded message is not one, or led to the identity: its sender knew something it should not.
    case invalidBlindedMessage
    /// There are more elements than one proof covers.
    case wrongCount
    /// A response is not one.
    case invalidResponse
    /// The issuer used another key than it publishes, or the answer was changed.
    case invalidProof
    /// The input could not be blinded, or was finalized already: does not happen by chance.
    case degenerate
    /// The type has no batches with one proof.
    case noAmortizedBatches
}

/// What can tell whether a key made an authenticator.
package protocol AuthenticatorVerification: Sendable {
    /// Whether the key made this authenticator over the 98 bytes of an authenticator input. Constant-time in key and
    /// authenticator, where there are secrets in it.
    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool
}

/// The private key of an issuer.
package protocol TokenPrivateKey: AuthenticatorVerification, AnyObject {
    /// The public key as it stands on the wire.
    var publicKey: [UInt8] { get }
    /// The secret, in guarded memory of its own.
    func encoded() -> SecretBytes
    /// Whether a blinded message of the type is one under this key (RFC 9474, section 4.3, for type 0x0002). Nothing in
    /// it is secret; it takes no time worth speaking of.
    func canEvaluate(_ blindedMessage: [UInt8]) -> Bool
    /// The token response to one blinded message.
    func evaluate(_ blindedMessage: [UInt8]) throws(TokenSchemeError) -> [UInt8]
    /// The answer to many with one proof; throws ``TokenSchemeError/noAmortizedBatches`` if the type has none.
    func evaluate(_ request: AmortizedBatchTokenRequest) throws(TokenSchemeError) -> AmortizedBatchTokenResponse
}

extension TokenPrivateKey {
    package func canEvaluate(_ blindedMessage: [UInt8]) -> Bool { true }
    package func evaluate(
        _ request: AmortizedBatchTokenRequest
    ) throws(TokenSchemeError) -> AmortizedBatchTokenResponse { throw .noAmortizedBatches }
}

/// One token that was blinded and not answered yet.
package protocol TokenBlinding: AnyObject, Sendable {
    /// What the issuer gets.
    var blindedMessage: [UInt8] { get }
    /// The authenticator in a token response, checked. Once: a second call throws ``TokenSchemeError/degenerate``,
    /// since two answers to one blinding would let an issuer try two keys on it.
    func finalize(_ response: [UInt8]) throws(TokenSchemeError) -> [UInt8]
}
