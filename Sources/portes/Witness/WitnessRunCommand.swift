import ArgumentParser
import KeyTransparency
import ServerSupport
import WitnessServer

/// `portes witness run`: the server that cosigns checkpoints.
struct WitnessRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a witness.",
        discussion: """
            Takes checkpoints at POST /add-checkpoint, and answers with a cosignature once it is on the disk that this \
            checkpoint is the log's last. Makes its key at the first start, under a name that is kept for good.

            A log is known by its verifier key. For a log of this program, portes authority show --log-key prints it.

            The data directory is never restored from a copy and never moved to another disk: a witness that has \
            forgotten what it signed could sign two histories. Begin with a new directory, and so a new key, instead.

            EXAMPLE: portes witness run --listen 127.0.0.1:8082 --name witness.example/w1 \
            --log issuer.example/log+1f5a32b7+AeKy…
            """)

    @OptionGroup var options: WitnessOptions
    @Option(
        help: """
            The witness's name in its cosignatures, a URL without https://, such as witness.example/w1 (environment: \
            PORTES_NAME; needed once).
            """)
    var name: String?
    @Option(
        name: .customLong("log"),
        help: """
            The verifier key of a log to cosign, NAME+ID+KEY; may be repeated (environment: PORTES_LOGS, with spaces \
            between them).
            """)
    var logs: [String] = []
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let file = try options.file()
        let settings = ServerOptions.FileSettings(
            listen: file?.listen, tlsCertificate: file?.tlsCertificate, tlsKey: file?.tlsKey, metrics: file?.metrics,
            logLevel: file?.logLevel)
        let serverConfiguration = try server.server(file: settings, defaultListen: "127.0.0.1:8082")
        let logger = try server.logger("portes.witness", file: settings)
        let configuration = WitnessConfiguration(
            dataDirectory: options.dataDirectory(file), name: try WitnessOptions.name(name, file),
            logs: try knownLogs(file?.logs), server: serverConfiguration,
            metricsAddress: try server.metricsAddress(file: settings, beside: serverConfiguration.address))
        let application = try await OffPool.run { try WitnessApplication(configuration, logger: logger) }
        Output.note("cosigning as \(application.verificationKey.verifierKey)")
        try await application.run()
    }

    private func knownLogs(_ file: [String]?) throws -> KnownLogs {
        let fromEnvironment = Setting.value(nil, variable: "PORTES_LOGS", file: nil)?
            .split(whereSeparator: \.isWhitespace).map(String.init)
        let texts = logs.isEmpty ? fromEnvironment ?? file ?? [] : logs
        guard !texts.isEmpty else {
            throw CommandFailure.usage(
                "no log is given",
                hint: "give a log's verifier key with --log, in PORTES_LOGS or in the file of --config")
        }
        let keys = try texts.map { text in
            guard let key = NoteVerificationKey(verifierKey: text) else {
                throw CommandFailure.usage(
                    "--log does not take '\(text)': it is no verifier key",
                    hint: "copy NAME+ID+KEY whole, as portes authority show --log-key prints it")
            }
            return key
        }
        guard let known = KnownLogs(keys) else {
            throw CommandFailure.usage(
                "--log does not take the key of a witness",
                hint: "give the key that the log signs its checkpoints with")
        }
        return known
    }
}
