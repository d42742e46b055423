import ArgumentParser
import AuthorityServer

/// `portes verifier remove`: trust no longer.
struct VerifierRemoveCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Deliver no more keys to a clearing server.",
        discussion: """
            It keeps the keys it has received, and verifies and could mint with them as long as they are accepted. If \
            it must stop, use portes verifier revoke; if others may have its keys, revoke those. It can be added \
            again, and then gets the keys of that time.

            EXAMPLE: portes verifier remove shop
            """)

    @Argument(help: "The verifier's name.") var name: String
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        let reply = try await connection.answer(to: .findVerifier(name: name))
        guard case .verifier(let verifier, _, _) = reply else { throw reply.unexpected }
        try Confirmation.ask(
            "clearing server \(name) gets no more keys of \(verifier.capabilities.joined(separator: ", "))",
            afterwards: """
                it keeps the keys it has received: if it must not use them, rotate and revoke those; it can be added \
                again with portes verifier add
                """)
    }

    func request() -> AdminRequest { .removeVerifier(name: name) }

    func show(_ reply: AdminReply) throws { try VerifierTable.show(reply, json: options.json) }
}
