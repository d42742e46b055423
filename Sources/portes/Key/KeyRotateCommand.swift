import ArgumentParser
import AuthorityServer

/// `portes key rotate`: the next key, now.
struct KeyRotateCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make the next key of a capability current now.",
        discussion: """
            Begins the announced key, if there is one, else makes a new one with the spans of the old. A retired key \
            has no successor until one is created.

            The old key stops issuing; its tokens are accepted until the date published for it. A running authority \
            and connected clearing servers follow within 5 s.

            EXAMPLE: portes key rotate session
            """)

    @Argument(help: "The capability.") var capability: String
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .rotateKey(capability: capability) }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
