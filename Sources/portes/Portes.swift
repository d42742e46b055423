import ArgumentParser

/// The root of the command tree: nouns, then verbs.
struct Portes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portes",
        abstract: "Issue, verify and spend anonymous capability tokens.",
        discussion: """
            Data goes to standard output, words to standard error. Secrets come from a file or standard input, never \
            from an argument. Exit codes: 0 done, 1 failed, 64 wrong usage; log verify \
            and log watch have 2 too.
            """,
        version: "0.1.0",
        subcommands: [
            AuthorityCommand.self, ClearingCommand.self, WitnessCommand.self, KeyCommand.self, LogCommand.self,
            CapabilityCommand.self, VerifierCommand.self, VoucherCommand.self, RevocationCommand.self, TokenCommand.self,
            SessionCommand.self, ReceiptCommand.self, IdentityCommand.self, AccountCommand.self, ConformanceCommand.self, ConfigCommand.self, AuditCommand.self,
            BenchCommand.self, DemoCommand.self,
        ])
}
