import ArgumentParser
import KeySchedule
import WitnessServer

/// `portes witness log`: what the witness knows of logs.
struct WitnessLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "See what the witness cosigned.", subcommands: [WitnessLogListCommand.self])
}

/// `portes witness log list`: what was cosigned last of each log.
struct WitnessLogListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the logs, and what was cosigned last of each.",
        discussion: """
            Works with a running witness too. Size and root are those of the checkpoint that the log has published, or \
            of one it will.

            EXAMPLE: portes witness log list --data /var/lib/portes-witness/data
            """)

    @OptionGroup var options: WitnessOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let list = try await WitnessConnection(data: options.dataDirectory(options.file())).logs()
        if json {
            try Output.json(list.logs)
        } else if list.logs.isEmpty {
            Output.note("nothing was cosigned yet")
        } else {
            try Table(
                ["LOG", "SIZE", "COSIGNED", "ROOT"],
                list.logs.map { [$0.origin, String($0.size), KeyTable.date(UnixTime(seconds: $0.time)), $0.root] }
            ).print()
        }
    }
}
