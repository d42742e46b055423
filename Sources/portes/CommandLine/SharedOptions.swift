import ArgumentParser
import Foundation
import KeyFiles

/// Where the passphrase of a key directory comes from: never from an argument.
struct PassphraseOptions: ParsableArguments {
    @Option(help: "The file with the passphrase (environment: PORTES_PASSPHRASE_FILE). Asked for on a terminal otherwise.")
    var passphraseFile: String?

    /// The source that was chosen.
    func source(file: String? = nil) -> PassphraseSource {
        Setting.value(passphraseFile, variable: "PORTES_PASSPHRASE_FILE", file: file).map { .file($0) } ?? .terminal(confirming: false)
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
    static let keys = "Keys"
}
