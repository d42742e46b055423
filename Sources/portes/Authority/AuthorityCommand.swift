import ArgumentParser

/// `portes authority`: the server that issues tokens.
struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority",
        abstract: "Run, back up and restore the token authority.",
        subcommands: [
            AuthorityRunCommand.self, AuthorityShowCommand.self, AuthorityBackupCommand.self,
            AuthorityRestoreCommand.self,
        ])
}
