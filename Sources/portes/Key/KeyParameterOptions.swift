import ArgumentParser
import AuthorityServer
import KeySchedule
import PrivacyPass

/// What is asked for of a new key, whether its secret is made or imported.
struct KeyParameterOptions: ParsableArguments {
    @Option(help: "The capability, for example session: lower-case letters, digits and hyphens.") var capability: String
    @Option(
        help: """
            The type of tokens: 5 or 0x0005 for VOPRF (ristretto255, SHA-512), 2 for blind RSA, which anybody can \
            verify, 1 for VOPRF (P-384, SHA-384); default: the type that the capability has, 5 for a new one.
            """)
    var tokenType: TokenTypeArgument?
    @Option(help: "For how long the key issues, a number with s, m, h or d, up to 10 years.")
    var epoch = TimeSpan(seconds: 7 * 86_400)
    @Option(help: "For how long after that its tokens are accepted, a number with s, m, h or d, up to 10 years.")
    var acceptance = TimeSpan(seconds: 7 * 86_400)
    @Option(
        help: """
            How long before its first use each next key is announced; default: a day, or a quarter of a short epoch.
            """)
    var announcement: TimeSpan?
    @Flag(
        help: """
            For trying things out: promise nothing, so that portes key rotate works at any time. Clients elsewhere \
            refuse such keys, for good.
            """)
    var development = false
    @Option(help: "When issuing begins, in UNIX seconds; default: at once, or when a retired key stops issuing.")
    var notBefore: Int64?

    /// The options as the authority takes them.
    var parameters: KeyParameters {
        KeyParameters(
            capability: capability, tokenType: tokenType?.tokenType.rawValue,
            notBefore: notBefore.map { UnixTime(seconds: $0) }, epoch: epoch.seconds, acceptance: acceptance.seconds,
            announcement: announcement?.seconds, isDevelopment: development)
    }
}
