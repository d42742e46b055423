import ArgumentParser

/// `portes log`: the public log of an issuer's keys.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Check and watch the public log of an issuer's keys.",
        subcommands: [LogExportCommand.self, LogVerifyCommand.self, LogWatchCommand.self])
}
