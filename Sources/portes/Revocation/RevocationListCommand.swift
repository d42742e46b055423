import ArgumentParser
import AuthorityServer

/// `portes revocation list`: what is revoked.
struct RevocationListCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the published revocations.",
        discussion: """
            Shows at most 10,000; for those that follow, give the number of the last one with --after.

            EXAMPLE: portes revocation list --after 100
            """)

    @Option(parsing: .unconditional, help: "Only entries after this sequence number.") var after: UInt64 = 0
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .listRevocations(after: after) }

    func show(_ reply: AdminReply) throws { try RevocationTable.show(reply, json: options.json) }
}
