import ArgumentParser
import AuthorityServer
import Revocation

/// `portes verifier revoke`: the trust in a clearing server is over, and it stops.
struct VerifierRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Publish that a clearing server is trusted no more, for good: it stops verifying.",
        discussion: """
            Appends an entry with the server's id to the published revocation list, and delivers it no more keys. A \
            server that follows the list stops within 5 s. One in other hands may not: whoever has its keys can verify \
            and mint with them as long as they are accepted, so revoke those too, with portes key revoke. The same \
            server can be trusted again only with a new identity.

            EXAMPLE: portes verifier revoke shop
            """)

    @Argument(help: "The verifier's name; for one that was removed, its id.") var name: String
    @Option(help: "The reason: unspecified, key-compromised, surrendered, withdrawn or ledger-lost.")
    var reason: String = RevocationReason.unspecified.name
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        var what = ""
        if case .verifier(let verifier, _, _) = try await connection.perform(.findVerifier(name: name)) {
            what = " of \(verifier.capabilities.joined(separator: ", "))"
        }
        try Confirmation.ask(
            "clearing server \(name) is trusted no more: it stops verifying, and gets no more keys\(what)")
    }

    func request() -> AdminRequest { .revokeVerifier(name: name, reason: reason) }

    func show(_ reply: AdminReply) throws {
        try RevocationTable.show(reply, json: options.json)
        Output.note(
            "portes: note: before it comes back under a new identity, revoke the keys that it had: portes key revoke ID "
                + "--reason ledger-lost; a new directory does not know what was spent")
    }
}
