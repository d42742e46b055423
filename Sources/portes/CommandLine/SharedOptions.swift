import ArgumentParser
import Foundation

/// Where the passphrase of a key directory comes from: never from an argument.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: """
            The file with the key directory's passphrase, /dev/fd/3 for descriptor 3, credential:NAME for one that \
            systemd gives (environment: PORTES_PASSPHRASE_FILE; default: asked for on the terminal).
            """)
    var passphraseFile: String?

    /// The file that was named here, in the environment or in the configuration, if any.
    func file(_ configured: String?) -> String? {
        Setting.value(passphraseFile, variable: "PORTES_PASSPHRASE_FILE", file: configured)
    }
}

/// What every admin command takes.
struct AdminOptions: ParsableArguments {
    @Option(help: "The authority's data directory (environment: PORTES_DATA; default: Data/authority).") var data: String?
    @Option(help: "The key directory (environment: PORTES_KEYS; default: Keys).") var keys: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @OptionGroup var passphrase: PassphraseOptions
    @Flag(help: "Print the result as JSON.") var json = false

    /// The settings in the file that was named.
    func file() throws -> ConfigurationFile.AuthoritySection? {
        try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).authority
    }
}

/// The directories that commands use where none is named.
enum DefaultDirectory {
    static let authorityData = "Data/authority"
    static let clearingData = "Data/clearing"
    static let witnessData = "Data/witness"
    static let keys = "Keys"
}
