import ArgumentParser

/// `portes config show`: what a file amounts to.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting of the configuration file, with what holds where nothing is said.",
        discussion: """
            Paths of secrets are shown, secrets are not: none stands in the file. What flags and environment add is \
            not shown.

            EXAMPLE: portes config show --config portes.yaml --json
            """)

    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let file = try ConfigurationFile.read(options.path)
        try ConfigurationCheck(file).run()
        let listing = try ConfigurationListing(file)
        if json { return try Output.json(listing.tree) }
        for line in listing.lines { try Output.data(line) }
    }
}
