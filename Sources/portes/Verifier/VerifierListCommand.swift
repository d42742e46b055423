import ArgumentParser
import AuthorityServer

/// `portes verifier list`: who is trusted.
struct VerifierListCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the trusted clearing servers.",
        discussion: """
            The public key is what portes clearing identity prints on that server; the id is what it asks for its keys \
            with, /verifiers/ID/keys.

            EXAMPLE: portes verifier list
            """)

    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .listVerifiers }

    func show(_ reply: AdminReply) throws { try VerifierTable.show(reply, json: options.json) }
}
