import ArgumentParser

/// `portes revocation`: the published list.
struct RevocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revocation", abstract: "Read the published revocation list.",
        subcommands: [RevocationListCommand.self])
}
