import ArgumentParser
import KeyTransparency

/// What every command of a witness takes.
struct WitnessOptions: ParsableArguments {
    @Option(help: "The witness's data directory (environment: PORTES_DATA; default: Data/witness).") var data: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?

    /// The settings in the file that was named.
    func file() throws -> ConfigurationFile.WitnessSection? {
        try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).witness
    }

    /// The data directory.
    func dataDirectory(_ file: ConfigurationFile.WitnessSection?) -> String {
        Setting.value(data, variable: "PORTES_DATA", file: file?.data) ?? DefaultDirectory.witnessData
    }

    /// The witness's name, if one was given.
    static func name(_ flag: String?, _ file: ConfigurationFile.WitnessSection?) throws -> NoteKeyName? {
        guard let text = Setting.value(flag, variable: "PORTES_NAME", file: file?.name) else { return nil }
        guard let name = NoteKeyName(text), !text.contains("://") else {
            throw CommandFailure.usage(
                "--name does not take '\(text)'",
                hint: "give a URL without https://, spaces and +, for example --name witness.example/w1")
        }
        return name
    }
}
