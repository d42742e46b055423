package import PrivacyPass
package import ServerSupport

/// How an authority serves.
package struct AuthorityConfiguration: Sendable {
    /// Where to listen, with what limits and certificate.
    package var server: ServerConfiguration
    /// Where the admin socket lies; its directory is private.
    package var socketPath: String
    /// Where to serve metrics besides the admin socket: a loopback address, or `nil`.
    package var metricsAddress: ListenAddress?
    /// Whether everybody gets tokens for nothing; for a loopback address alone.
    package var isDevelopment: Bool
    /// How many tokens one request may ask for.
    package var maximumBatch: Int
    /// How many it may ask for of a capability, where that is fewer.
    package var batchSizes: [Capability: Int] = [:]
    /// How accounts are opened, where any capability is given to them.
    package var accounts: AccountConfiguration?
    /// How many unknown vouchers may come from one address in an hour.
    package var guessesPerHour = 100
    /// Whether that counts for this machine's own addresses too, behind which a proxy may hide many callers.
    package var limitsLoopback = false
    /// Whose cosignatures the key log needs.
    package var witnesses: LogWitnessConfiguration = .none
    /// A PEM file of certificate authorities to trust beside the system's, for the witnesses' URLs, or `nil`.
    package var certificateAuthorityFile: String?

    /// A configuration with the gate closed and batches of at most 100.
    package init(
        server: ServerConfiguration, socketPath: String, metricsAddress: ListenAddress? = nil,
        isDevelopment: Bool = false,
        maximumBatch: Int = 100
    ) {
        self.server = server
        self.socketPath = socketPath
        self.metricsAddress = metricsAddress
        self.isDevelopment = isDevelopment
        self.maximumBatch = maximumBatch
    }
}
