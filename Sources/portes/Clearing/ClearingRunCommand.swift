import ArgumentParser
import ClearingServer
import ClearingStore
import HTTPTransport
import PortesClient
import PortesVerifier
import PrivacyPass
import ServerSupport

/// `portes clearing run`: the server that checks tokens and spends each once.
struct ClearingRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a clearing server.",
        discussion: """
            Fetches its keys and the revocation list from the authority every 2 s. The authority's key, which signs \
            what it delivers, is printed there by portes authority show. Without it, the key that the issuer's URL \
            answers with at the first start is taken, and kept from then on.

            EXAMPLE: portes clearing run --listen 127.0.0.1:8081 --issuer https://issuer.example --authority-key 9kPz… \
            --origin play.example
            """)

    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The authority's URL, for example https://issuer.example (environment: PORTES_ISSUER).")
    var issuer: String?
    @Option(
        help: """
            The key that signs the authority's deliveries, base64url (environment: PORTES_AUTHORITY_KEY; default: the \
            one that the issuer's URL answers with first).
            """)
    var authorityKey: String?
    @Option(
        name: [.customLong("certificate-authority"), .customLong("authority-certificate")],
        help: """
            A PEM file of certificate authorities to trust for the authority's URL (environment: \
            PORTES_AUTHORITY_CERTIFICATE).
            """)
    var certificateAuthority: String?
    @Option(help: "The origin's name in challenges (environment: PORTES_ORIGIN; default: where it listens).")
    var origin: String?
    @Option(
        help: """
            What tokens must be bound to: own-origin, any-origin or fresh-context (environment: PORTES_TOKENS; \
            default: own-origin).
            """)
    var tokens: String?
    @Option(
        name: .customLong("capability"), help: "A capability to accept; may be repeated. All that arrive otherwise.")
    var capabilities: [String] = []
    @Option(
        help: """
            How old the revocation list may be before nothing is accepted, a number with s, m, h or d, 10s to 30d \
            (environment: PORTES_REVOCATION_LIMIT; default: 1h).
            """)
    var revocationLimit: String?
    @Option(
        name: .customLong("session-capability"),
        help: """
            A capability whose tokens open sessions at /sessions; may be repeated (default: session; none for no \
            sessions at all).
            """)
    var sessionCapabilities: [String] = []
    @Option(
        help: """
            How long a session counts at least, a number with s, m, h or d, 1m to 1d (environment: \
            PORTES_SESSION_LIFE; default: 1h).
            """)
    var sessionLife: String?
    @Option(
        name: .customLong("session-server"),
        help: """
            HOST or HOST:PORT at which clients reach this server, where it is not the origin's name; may be repeated. \
            Proofs of sessions' keys are made for it.
            """)
    var sessionServers: [String] = []
    @Option(help: "A file written by portes key export, to be taken at the start.") var delivery: String?
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let settings = ServerOptions.FileSettings(
            listen: file?.listen, tlsCertificate: file?.tlsCertificate, tlsKey: file?.tlsKey, metrics: file?.metrics,
            logLevel: file?.logLevel)
        let serverConfiguration = try server.server(file: settings, defaultListen: "127.0.0.1:8081")
        let logger = try server.logger("portes.clearing", file: settings)
        let sessions = SessionSettings(
            capabilities: sessionCapabilities, life: sessionLife, servers: sessionServers)
        let configuration = ClearingConfiguration(
            dataDirectory: Setting.value(data, variable: "PORTES_DATA", file: file?.data)
                ?? DefaultDirectory.clearingData,
            server: serverConfiguration,
            issuerURL: try ClearingSettings.issuerURL(issuer, file?.issuer),
            origin: try originName(file?.origin, address: serverConfiguration.address),
            scope: try scope(file?.tokens),
            authority: try ClearingSettings.pinnedKey(authorityKey, file?.authorityKey),
            capabilities: try accepted(file?.capabilities),
            limits: try limits(file),
            certificateAuthorityFile: Setting.value(
                certificateAuthority, variable: "PORTES_AUTHORITY_CERTIFICATE", file: file?.authorityCertificate),
            deliveryFile: delivery,
            metricsAddress: try server.metricsAddress(file: settings, beside: serverConfiguration.address),
            sessionCapabilities: try sessions.accepted(file?.sessions, of: accepted(file?.capabilities)),
            sessionLife: try sessions.seconds(file?.sessions),
            sessionServers: try sessions.names(file?.sessions))
        // Nothing is made before it is known that the file can be used.
        try await HTTPTransport(certificateAuthorityFile: configuration.certificateAuthorityFile).shutdown()
        let application = try await OffPool.run { try ClearingApplication(configuration, logger: logger) }
        try await application.run()
    }

    private func originName(_ file: String?, address: ListenAddress) throws -> ServerName {
        let name = Setting.value(origin, variable: "PORTES_ORIGIN", file: file)
        return try ClientArgument.serverName(name ?? address.asServerName(flag: "--origin"), flag: "--origin")
    }

    private func scope(_ file: String?) throws -> TokenScope {
        guard let text = Setting.value(tokens, variable: "PORTES_TOKENS", file: file) else { return .ownOrigin }
        guard let scope = TokenScope(rawValue: text) else {
            throw CommandFailure.usage(
                "--tokens does not take '\(text)'",
                hint: """
                    use \(TokenScope.allCases.map(\.rawValue).joined(separator: ", ")), for example --tokens own-origin
                    """)
        }
        return scope
    }

    private func accepted(_ file: [ConfigurationFile.CapabilitySection]?) throws -> Set<Capability>? {
        let names = capabilities.isEmpty ? file?.map(\.name) ?? [] : capabilities
        return names.isEmpty ? nil : Set(try names.map { try ClientArgument.capability($0) })
    }

    /// How old the revocation list may be, for all capabilities and for each.
    func limits(_ file: ConfigurationFile.ClearingSection?) throws -> FreshnessLimits {
        var special: [Capability: Duration] = [:]
        for section in file?.capabilities ?? [] {
            guard let text = section.revocationLimit else { continue }
            special[try ClientArgument.capability(section.name)] = try limit(
                text, of: "revocation-limit of the capability \(section.name)", example: "revocation-limit: 15m")
        }
        let standard = try Setting.value(
            revocationLimit, variable: "PORTES_REVOCATION_LIMIT", file: file?.revocationLimit
        ).map { try limit($0, of: "--revocation-limit", example: "--revocation-limit 15m") }
        return FreshnessLimits(standard: standard ?? .seconds(3_600), special: special)
    }

    private func limit(_ text: String, of setting: String, example: String) throws -> Duration {
        guard let span = TimeSpan(text), (10...30 * 86_400).contains(span.seconds) else {
            throw CommandFailure.usage(
                "\(setting) does not take '\(text)'",
                hint: "write a number with s, m, h or d, from 10s to 30d, for example \(example)")
        }
        return .seconds(span.seconds)
    }
}
