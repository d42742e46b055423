import ArgumentParser

/// `portes config check`: whether servers would start with this file.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration file without starting or making anything.",
        discussion: """
            Finds unknown and misspelt settings, values that cannot be, terms under which keys could not rotate, \
            witnesses that could never be enough, and files that are named and cannot be read. Says all that is \
            wrong, and then ends with 64.

            EXAMPLE: portes config check --config /etc/portes/authority.yaml
            """)

    @OptionGroup var options: ConfigOptions

    func run() async throws {
        let file: ConfigurationFile
        do { file = try ConfigurationFile.read(options.path) } catch let failure as CommandFailure {
            throw failure.exiting(with: ExitCode.validationFailure.rawValue)
        }
        var mistakes = ConfigurationCheck(file).mistakes()
        if let last = mistakes.popLast() {
            for mistake in mistakes { Output.note(CommandReport(mistake).lines.joined(separator: "\n")) }
            throw last
        }
        let parts = ConfigurationCheck.parts(of: file)
        guard !parts.isEmpty else {
            throw CommandFailure.usage("\(options.path) says nothing", hint: "write for example authority: {name: HOST}")
        }
        try Output.data("\(options.path) is right: \(parts.joined(separator: ", "))")
    }
}
