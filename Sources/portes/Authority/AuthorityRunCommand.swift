import ArgumentParser
import AuthorityServer
import AuthorityStore
import KeySchedule
import Logging
import PrivacyPass
import SQLiteSupport
import ServerSupport

/// `portes authority run`: the server that issues tokens.
struct AuthorityRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the token authority.",
        discussion: """
            Prints "listening on URL" on standard error once it is ready. The issuer's name is part of every \
            challenge, so it is kept: it can be corrected until the first token is issued, and not after that.

            EXAMPLE: portes authority run --listen 127.0.0.1:8080 --name issuer.example --passphrase-file pass
            """)

    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/authority).") var data: String?
    @Option(help: "The key directory (environment: PORTES_KEYS; default: Keys).") var keys: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The issuer's name, HOST or HOST:PORT (environment: PORTES_NAME; default: where it listens).")
    var name: String?
    @Option(help: "How many tokens one request may ask for, 1 to 1000 (environment: PORTES_BATCH_SIZE; default: 100).")
    var batchSize: String?
    @Flag(
        help: """
            For trying things out: give tokens to everybody who asks, without vouchers. Only with --listen on this \
            machine's loopback address.
            """)
    var development = false
    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).authority
        let settings = ServerOptions.FileSettings(
            listen: file?.listen, tlsCertificate: file?.tlsCertificate, tlsKey: file?.tlsKey, metrics: file?.metrics,
            logLevel: file?.logLevel)
        let serverConfiguration = try server.server(file: settings, defaultListen: "127.0.0.1:8080")
        let logger = try server.logger("portes.authority", file: settings)
        if development, !serverConfiguration.address.isLoopback { throw AuthorityError.developmentBeyondLoopback }
        let files = AuthorityFiles(
            data: Setting.value(data, variable: "PORTES_DATA", file: file?.data) ?? DefaultDirectory.authorityData,
            keys: Setting.value(keys, variable: "PORTES_KEYS", file: file?.keys) ?? DefaultDirectory.keys,
            passphraseFile: passphrase.file(file?.passphraseFile))
        let wantedName = try Setting.value(name, variable: "PORTES_NAME", file: file?.name)
            .map { try ClientArgument.serverName($0, flag: "--name") }
        let batch = try batch(file?.batchSize)
        let metrics = try server.metricsAddress(file: settings, beside: serverConfiguration.address)

        let capabilities = try AuthoritySettingsFile.capabilities(file)
        let accounts = try AuthoritySettingsFile.accounts(file, for: capabilities)
        let guesses = try AuthoritySettingsFile.guesses(file)
        let witnesses = try file?.log?.configuration() ?? .none
        if witnesses.threshold == 0, !serverConfiguration.address.isLoopback {
            Output.warning(
                "no witness has to cosign the key log, so apps on other machines take no tokens from this issuer",
                hint: "name witnesses under authority.log in the configuration file")
        }

        let authority = try await OffPool.run {
            let authority = try Self.open(files, name: wantedName, address: serverConfiguration.address)
            for terms in capabilities.map(\.terms) {
                let trusted = try authority.newlyTrusted(with: terms.capability, of: terms.tokenType)
                NewTrust(verifiers: trusted.map(\.name), capability: terms.capability.name).warn()
            }
            for kept in try authority.configure(capabilities) {
                Output.warning(
                    "\(kept) goes on under its earlier terms: with the keys that there are, new ones would be late or too many",
                    hint: "shorten the acceptance before the epoch, and start again when fewer are left (portes key list)")
            }
            let stray = try authority.strayKeyCount(at: files.keys)
            if stray > 0 {
                Output.warning(
                    "\(files.keys) has secrets that belong to no key on record: \(stray)",
                    hint: "keep them until it is certain that this database is the newest: they may belong to one that was lost")
            }
            return authority
        }
        var configuration = AuthorityConfiguration(
            server: serverConfiguration, socketPath: DataDirectory.socketPath(in: files.data),
            metricsAddress: metrics, isDevelopment: development, maximumBatch: batch)
        configuration.accounts = accounts
        if let guesses { configuration.guessesPerHour = guesses }
        configuration.witnesses = witnesses
        configuration.certificateAuthorityFile = file?.log?.certificateAuthority
        configuration.batchSizes = Dictionary(
            capabilities.compactMap { settings in settings.batchSize.map { (settings.terms.capability, $0) } },
            uniquingKeysWith: { _, last in last })
        try await AuthorityService(authority, configuration: configuration, logger: logger).run(logger: logger)
    }

    /// Opens the authority; says what it is called where that is new and nobody said it.
    private static func open(_ files: AuthorityFiles, name: ServerName?, address: ListenAddress) throws -> Authority {
        let fallback = { try ClientArgument.serverName(address.asServerName(flag: "--name"), flag: "--name") }
        // Before anything is made: without a name given and a lasting address there can be none.
        let first = try name == nil && !files.hasDatabase ? fallback() : nil
        let opened = try files.open(withKeys: true, name: name ?? first)
        if let first {
            tell(of: first)
        } else if opened.authority.issuerName == nil {
            // Keys were made before the first start.
            try opened.authority.close()
            let name = try fallback()
            let again = try files.open(withKeys: true, name: name)
            tell(of: name)
            return again.authority
        }
        return opened.authority
    }

    private static func tell(of name: ServerName) {
        Output.note("portes: note: this issuer is called \(name.text) from now on: tokens are bound to that name")
        Output.note(
            "portes: hint: until the first token is issued, start it with another: portes authority run --name HOST")
    }

    private func batch(_ file: Int?) throws -> Int {
        let text = Setting.value(batchSize, variable: "PORTES_BATCH_SIZE", file: file.map(String.init))
        guard let text else { return AmortizedBatchTokenRequest.defaultMaximumCount }
        guard let size = Int(text), (1...1_000).contains(size) else {
            throw CommandFailure.usage(
                "--batch-size does not take '\(text)'",
                hint: "give a number from 1 to 1000, for example --batch-size 100")
        }
        return size
    }
}
