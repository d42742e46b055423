import ArgumentParser
import AuthorityServer
import KeySchedule
import Revocation

/// `portes key revoke`: none of a key's tokens is accepted any more, and the next key takes its place.
struct KeyRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Withdraw a key: none of its tokens is accepted, and the next key takes its place.",
        discussion: """
            Appends to the published revocation list and to the key log, for good, and lets the next key begin at \
            once. Connected clearing servers refuse the key's tokens within 5 s.

            With --compromised (or --reason ledger-lost) every voucher gets back what was drawn with it under this \
            key, spent tokens too: forged ones look the same, so no token of the key is ever exchanged. Running the \
            command again changes nothing.

            EXAMPLE: portes key revoke 3f9a0c51 --compromised --dry-run
            EXAMPLE: portes key revoke 3f9a0c51 --compromised
            """)

    @Argument(help: "The key's id, or at least its first 8 digits.") var id: String
    @Flag(help: "The key is known or feared to be in other hands.") var compromised = false
    @Option(help: "The reason: unspecified, key-compromised, surrendered, withdrawn or ledger-lost; default: unspecified.")
    var reason: String?
    @Flag(help: "Say what would happen, and do nothing.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard reason == nil || !compromised else { throw ValidationError("give --compromised or --reason, not both") }
    }

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes, !dryRun else { return }
        let reply = try await connection.answer(to: .previewRevocation(id: id, reason: reasonName))
        guard case .keyRevocation(let preview) = reply else { throw reply.unexpected }
        try Confirmation.ask(KeyRevocationText(preview, isDone: false).lines.joined(separator: "\n"))
    }

    private var reasonName: String {
        compromised ? RevocationReason.keyCompromised.name : reason ?? RevocationReason.unspecified.name
    }

    func request() -> AdminRequest {
        dryRun ? .previewRevocation(id: id, reason: reasonName) : .revokeKey(id: id, reason: reasonName)
    }

    func show(_ reply: AdminReply) throws {
        guard case .keyRevocation(let summary) = reply else { throw reply.unexpected }
        if options.json { return try Output.json(summary) }
        let text = KeyRevocationText(summary, isDone: !dryRun)
        for line in text.lines { try Output.data(line) }
        for warning in text.warnings { Output.warning(warning.message, hint: warning.hint) }
        guard !dryRun, let entry = summary.entry, summary.key.state == .revoked else { return }
        let rest = summary.tokens == 0 ? "nothing was changed" : "nothing else was changed"
        let reason = entry.reason == reasonName ? "" : ", and the reason stays \(entry.reason)"
        Output.note("portes: note: \(rest): the key is revoked already\(reason)")
    }
}
