import ArgumentParser

/// `portes clearing`: the server that checks tokens and spends each once.
struct ClearingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clearing",
        abstract: "Run a clearing server, back it up and restore it.",
        subcommands: [
            ClearingRunCommand.self, ClearingIdentityCommand.self, ClearingBackupCommand.self,
            ClearingRestoreCommand.self, ClearingSessionKeyCommand.self,
        ])
}
