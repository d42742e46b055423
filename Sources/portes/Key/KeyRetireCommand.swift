import ArgumentParser
import AuthorityServer

/// `portes key retire`: no successor.
struct KeyRetireCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Let a key run to its published dates, with no successor.",
        discussion: """
            Clients were told these dates, so they do not change. The next key comes by the schedule (portes key plan); to refuse its tokens \
            use revoke. A later create makes a key that begins when this one stops issuing.

            EXAMPLE: portes key retire 3f9a0c51
            """)

    @Argument(help: "The key's id, or at least its first 8 digits.") var id: String
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        try Confirmation.ask(
            "\(await connection.key(id)), runs to its published dates, and rotate makes it no successor",
            afterwards: "this cannot be undone, but portes key create makes a key that begins when this one stops")
    }

    func request() -> AdminRequest { .retireKey(id: id) }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
