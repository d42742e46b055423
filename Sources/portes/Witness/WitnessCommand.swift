import ArgumentParser

/// `portes witness`: the server that vouches for logs having only grown.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Run a witness of transparency logs.",
        discussion: """
            A witness cosigns the checkpoints of logs (C2SP tlog-witness). It signs none that does not extend the one \
            it signed last, so two people whose apps trust it cannot be shown two histories. That is worth something \
            where somebody else than the log's owner runs it.
            """,
        subcommands: [WitnessRunCommand.self, WitnessIdentityCommand.self, WitnessLogCommand.self])
}
