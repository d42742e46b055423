import ArgumentParser
import AuthorityServer

/// `portes verifier list`: who is trusted.
struct VerifierListCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the trusted clearing servers.", discussion: "EXAMPLE: portes verifier list")

    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .listVerifiers }

    func show(_ reply: AdminReply) throws { try VerifierTable.show(reply, json: options.json) }
}
