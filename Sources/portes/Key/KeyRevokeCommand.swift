import ArgumentParser
import AuthorityServer
import Revocation

/// `portes key revoke`: none of a key's tokens is accepted any more.
struct KeyRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Withdraw a key: no new tokens, and none of its tokens is accepted.",
        discussion: """
            Appends an entry to the published revocation list, for good. Connected clearing servers refuse the key's \
            tokens within 5 s.

            EXAMPLE: portes key revoke 3f9a0c51 --compromised
            """)

    @Argument(help: "The key's id, or at least its first 8 digits.") var id: String
    @Flag(help: "The key is known or feared to be in other hands.") var compromised = false
    @Option(help: "The reason: unspecified, key-compromised, surrendered, withdrawn or ledger-lost; default: unspecified.")
    var reason: String?
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard reason == nil || !compromised else { throw ValidationError("give --compromised or --reason, not both") }
    }

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        try Confirmation.ask("\(await connection.key(id)), is revoked: none of them is accepted any more")
    }

    private var reasonName: String {
        compromised ? RevocationReason.keyCompromised.name : reason ?? RevocationReason.unspecified.name
    }

    func request() -> AdminRequest { .revokeKey(id: id, reason: reasonName) }

    func show(_ reply: AdminReply) throws {
        try RevocationTable.show(reply, json: options.json)
        guard case .revocation(let entry) = reply, entry.reason != reasonName else { return }
        Output.note("portes: note: nothing was changed: the key is revoked already, and the reason stays \(entry.reason)")
    }
}
