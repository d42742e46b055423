import ArgumentParser

/// `portes token`: the app's side.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Fetch, spend, inspect and revoke tokens.",
        subcommands: [
            TokenFetchCommand.self, TokenSpendCommand.self, TokenInspectCommand.self, TokenRevokeCommand.self,
        ])
}
