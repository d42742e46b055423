import ArgumentParser

/// `portes capability`: the named rights.
struct CapabilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capability", abstract: "End a capability.",
        discussion: """
            A capability begins with its first key: see portes key create. To let it run out instead, with its tokens \
            good to the last, retire its key.
            """,
        subcommands: [CapabilityRevokeCommand.self])
}
