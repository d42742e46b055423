import ArgumentParser
import KeyTransparency

/// `portes witness identity`: the key that cosignatures are checked with.
struct WitnessIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Print the witness's verifier key; makes the key the first time.",
        discussion: """
            Give the line to the logs, and to those whose apps shall trust the witness. Works with a running witness \
            too.

            EXAMPLE: portes witness identity --name witness.example/w1 --data /var/lib/portes-witness/data
            """)

    @OptionGroup var options: WitnessOptions
    @Option(help: "The witness's name (environment: PORTES_NAME; needed once).") var name: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let file = try options.file()
        let key = try await WitnessConnection(data: options.dataDirectory(file))
            .verificationKey(name: WitnessOptions.name(name, file))
        if json {
            try Output.json(["name": key.name.text, "verifier-key": key.verifierKey])
        } else {
            try Output.data(key.verifierKey)
        }
    }
}
