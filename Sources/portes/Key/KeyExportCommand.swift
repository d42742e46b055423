import ArgumentParser
import AuthorityServer

/// `portes key export`: keys for a clearing server that cannot reach the authority.
struct KeyExportCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Seal the keys for a trusted verifier, for carrying them by hand.",
        discussion: """
            Prints the same signed document that the verifier would fetch. Only the verifier's identity key opens it.

            EXAMPLE: portes key export --verifier shop > keys.jws
            """)

    @Option(help: "The verifier's name, as in portes verifier list.") var verifier: String
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .exportKeys(verifier: verifier) }

    func show(_ reply: AdminReply) throws {
        guard case .delivery(let document) = reply else { throw reply.unexpected }
        if options.json { try Output.json(["delivery": document]) } else { try Output.data(document) }
    }
}
