import ArgumentParser

/// `portes session`: the app's side of anonymous sessions.
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Open, use and close anonymous sessions.",
        discussion: """
            A session is opened with one token and lets its bearer in until it ends, by default for an hour. It says what \
            it is good for and nothing of who has it. It cannot be prolonged: the next one costs the next token.
            """,
        subcommands: [SessionHeadersCommand.self, SessionListCommand.self, SessionCloseCommand.self])
}
