package import KeyTransparency
package import ServerSupport

/// What a witness is told at its start.
package struct WitnessConfiguration: Sendable {
    /// The data directory, of this witness alone.
    package var dataDirectory: String
    /// The witness's name, which its cosignatures carry; `nil` for the one that is kept. Pinned in the data directory.
    package var name: NoteKeyName?
    /// The logs whose checkpoints are cosigned.
    package var logs: KnownLogs
    /// Where and how to listen.
    package var server: ServerConfiguration
    /// Where to serve metrics besides the admin socket: a loopback address, or `nil`.
    package var metricsAddress: ListenAddress?

    /// A configuration.
    package init(
        dataDirectory: String, name: NoteKeyName?, logs: KnownLogs, server: ServerConfiguration,
        metricsAddress: ListenAddress? = nil
    ) {
        self.dataDirectory = dataDirectory
        self.name = name
        self.logs = logs
        self.server = server
        self.metricsAddress = metricsAddress
    }
}

/// The logs that a witness knows, each with its keys.
package struct KnownLogs: Sendable, Hashable {
    private let keys: [NoteKeyName: [NoteVerificationKey]]

    /// The logs with these keys: keys of one name are of one log. `nil` if one is not a key that logs sign with.
    package init?(_ keys: [NoteVerificationKey]) {
        guard keys.allSatisfy({ $0.type == .ed25519 }) else { return nil }
        self.keys = Dictionary(grouping: keys, by: \.name)
    }

    /// The keys of the log with this origin; none if it is not known.
    func keys(of origin: some StringProtocol) -> [NoteVerificationKey] {
        NoteKeyName(origin).flatMap { keys[$0] } ?? []
    }

    /// The origins, sorted.
    package var origins: [String] { keys.keys.map(\.text).sorted() }
}
