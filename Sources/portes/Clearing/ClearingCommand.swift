import ArgumentParser

/// `portes clearing`: the server that checks tokens and spends each once.
struct ClearingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clearing",
        abstract: "Run a clearing server.",
        subcommands: [ClearingRunCommand.self, ClearingIdentityCommand.self])
}
