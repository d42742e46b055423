import ArgumentParser
import AuthorityServer

/// `portes key list`: all keys.
struct KeyListCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys with their states, dates and numbers of issued tokens.",
        discussion: """
            AGE is since the key began to issue, LEFT how long its present state lasts.

            EXAMPLE: portes key list --json
            """)

    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .listKeys }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
