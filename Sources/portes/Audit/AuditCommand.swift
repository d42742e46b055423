import ArgumentParser

/// `portes audit`: what is held, shown from the databases themselves.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show what databases hold.",
        subcommands: [AuditPrivacyCommand.self])
}
