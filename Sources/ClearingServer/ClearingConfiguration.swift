package import ClearingStore
package import PortesVerifier
package import PrivacyPass
package import ServerSupport

/// What a clearing server is told at its start.
package struct ClearingConfiguration: Sendable {
    /// The data directory, of this server alone.
    package var dataDirectory: String
    /// Where and how to listen.
    package var server: ServerConfiguration
    /// The authority's URL, https unless it is on this machine.
    package var issuerURL: String
    /// The origin's name, as challenges and receipts carry it. Pinned in the data directory.
    package var origin: ServerName
    /// What tokens have to be bound to. Pinned in the data directory.
    package var scope: TokenScope
    /// The key that the authority signs deliveries with; `nil` to trust the one that the issuer's URL answers with at
    /// the first start. Pinned in the data directory.
    package var authority: AuthorityKey?
    /// The capabilities that are accepted; `nil` for all that keys are delivered of.
    package var capabilities: Set<Capability>?
    /// How old the revocation list may be: one hour unless told otherwise.
    package var limits: FreshnessLimits
    /// A PEM file of certificate authorities to trust beside the system's, or `nil`.
    package var certificateAuthorityFile: String?
    /// A file with a signed key delivery (what `portes key export` writes) to take at the start, or `nil`.
    package var deliveryFile: String?
    /// Where to serve metrics besides the admin socket: a loopback address, or `nil`.
    package var metricsAddress: ListenAddress?
    /// How often the authority is asked for keys and revocations: every 2 seconds.
    package var pollInterval: Duration = .seconds(2)
    /// How often the issuer's directory is compared with the keys that arrived: every 15 seconds.
    package var directoryInterval: Duration = .seconds(15)
    /// How often ledgers that have ended are looked for: every 10 minutes.
    package var maintenanceInterval: Duration = .seconds(600)

    /// How often it is published what was spent: every hour.
    package var spentInterval: Duration = .seconds(3_600)

    /// The capabilities whose tokens open sessions: `session` unless told otherwise; none for no sessions.
    package var sessionCapabilities: Set<Capability>
    /// The names, host and port, at which clients reach the server besides the origin's: proofs of sessions' keys are
    /// made for one of them.
    package var sessionServers: [ServerName]
    /// For how many seconds a session counts at least: one hour.
    package var sessionLife: Int64

    /// A configuration with defaults for everything else: tokens bound to the origin's own name.
    package init(
        dataDirectory: String, server: ServerConfiguration, issuerURL: String, origin: ServerName,
        scope: TokenScope = .ownOrigin, authority: AuthorityKey? = nil, capabilities: Set<Capability>? = nil,
        limits: FreshnessLimits = FreshnessLimits(), certificateAuthorityFile: String? = nil,
        deliveryFile: String? = nil, metricsAddress: ListenAddress? = nil,
        sessionCapabilities: Set<Capability> = Set([Capability("session")].compactMap { $0 }), sessionLife: Int64 = 3_600,
        sessionServers: [ServerName] = []
    ) {
        self.sessionServers = sessionServers
        self.sessionCapabilities = sessionCapabilities
        self.sessionLife = sessionLife
        self.dataDirectory = dataDirectory
        self.server = server
        self.issuerURL = issuerURL
        self.origin = origin
        self.scope = scope
        self.authority = authority
        self.capabilities = capabilities
        self.limits = limits
        self.certificateAuthorityFile = certificateAuthorityFile
        self.deliveryFile = deliveryFile
        self.metricsAddress = metricsAddress
    }
}
