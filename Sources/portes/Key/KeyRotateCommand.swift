import ArgumentParser
import AuthorityServer

/// `portes key rotate`: the next key, now.
struct KeyRotateCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make the next key of a development capability current now; others rotate by themselves.",
        discussion: """
            Keys rotate by themselves, at dates that are published beforehand and do not move: see portes key plan. \
            Where something is wrong with a key, use portes key revoke. This command is for capabilities that were \
            made with portes key create --development: it begins the announced key, if there is one, else makes a new \
            one, of the token type that the capability has now.

            EXAMPLE: portes key rotate session
            """)

    @Argument(help: "The capability.") var capability: String
    @Flag(help: "Do not ask, where a clearing server that held public keys alone gets a secret.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        try await NewTrust.confirm(capability, tokenType: nil, yes: yes, through: connection)
    }

    func request() -> AdminRequest { .rotateKey(capability: capability) }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
