package import PrivacyPass

/// A signature algorithm of JSON Web Tokens (RFC 7518, RFC 8037) that statements may have. Those without a key, or with
/// one that both sides hold, are none of them.
package enum StatementAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// Ed25519.
    case edDSA = "EdDSA"
    /// ECDSA with P-256 and SHA-256.
    case es256 = "ES256"
    /// RSASSA-PKCS1-v1_5 with SHA-256, with keys of 2,048 bits or more.
    case rs256 = "RS256"
}

/// A party whose statements are taken, and what it may say.
package struct StatementIssuer: Sendable, Hashable {
    /// What it calls itself in `iss`.
    package let name: String
    /// How it may sign.
    package let algorithms: Set<StatementAlgorithm>
    /// What it may give tokens of.
    package let capabilities: Set<Capability>
    /// How many tokens one statement may give.
    package let maximumTokens: Int64

    /// A party from its parts.
    package init(
        name: String, algorithms: Set<StatementAlgorithm>, capabilities: Set<Capability>, maximumTokens: Int64
    ) {
        self.name = name
        self.algorithms = algorithms
        self.capabilities = capabilities
        self.maximumTokens = maximumTokens
    }
}
