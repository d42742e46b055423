import ArgumentParser

/// `portes config check`: whether servers would start with this file.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration file without starting or making anything.",
        discussion: """
            Finds unknown and misspelt settings, values that cannot be, terms under which keys could not rotate, \
            witnesses that could never be enough, and files that are named and cannot be read. Ends with 64 if \
            something is wrong.

            EXAMPLE: portes config check --config /etc/portes/authority.yaml
            """)

    @OptionGroup var options: ConfigOptions

    func run() async throws {
        let file = try ConfigurationFile.read(options.path)
        try ConfigurationCheck(file).run()
        let parts = ConfigurationCheck.parts(of: file)
        guard !parts.isEmpty else {
            throw CommandFailure.usage("\(options.path) says nothing", hint: "write for example authority: {name: HOST}")
        }
        try Output.data("\(options.path) is right: \(parts.joined(separator: ", "))")
    }
}
