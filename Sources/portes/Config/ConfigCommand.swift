import ArgumentParser

/// `portes config`: the configuration file.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the configuration file.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}

/// Which file is meant.
struct ConfigOptions: ParsableArguments {
    @Option(help: "The configuration file (environment: PORTES_CONFIG; default: portes.yaml).") var config: String?

    /// The path of the file.
    var path: String { Setting.value(config, variable: "PORTES_CONFIG", file: nil) ?? "portes.yaml" }
}
