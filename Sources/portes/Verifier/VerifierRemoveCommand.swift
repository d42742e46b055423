import ArgumentParser
import AuthorityServer

/// `portes verifier remove`: trust no longer.
struct VerifierRemoveCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Deliver no more keys to a clearing server.",
        discussion: """
            It still knows the keys it was given. To make those worthless, rotate or revoke them.

            EXAMPLE: portes verifier remove shop
            """)

    @Argument(help: "The verifier's name.") var name: String
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func request() throws -> AdminRequest {
        try Confirmation.ask("clearing server \(name) will get no more keys", isGiven: yes)
        return .removeVerifier(name: name)
    }

    func show(_ reply: AdminReply) throws { try VerifierTable.show(reply, json: options.json) }
}
