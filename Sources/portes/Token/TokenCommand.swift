import ArgumentParser

/// `portes token`: the app's side.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Fetch, list, spend, inspect, recover and revoke tokens.",
        subcommands: [
            TokenFetchCommand.self, TokenListCommand.self, TokenSpendCommand.self, TokenTakeCommand.self,
            TokenInspectCommand.self, TokenRecoverCommand.self, TokenRevokeCommand.self,
        ])
}
