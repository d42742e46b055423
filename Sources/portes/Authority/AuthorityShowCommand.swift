import ArgumentParser
import AuthorityServer

/// `portes authority show`: what clearing servers must be told.
struct AuthorityShowCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the issuer's name, the key that clearing servers pin, and the key of the key log.",
        discussion: "EXAMPLE: portes authority show --key")

    @Flag(help: "Print the key that clearing servers pin alone.") var key = false
    @Flag(help: "Print the verifier key of the key log alone, which clients pin.") var logKey = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard !(key && logKey) else { throw ValidationError("give --key or --log-key, not both") }
    }

    func request() -> AdminRequest { .describe }

    func show(_ reply: AdminReply) throws {
        guard case .authority(let authority) = reply else { throw reply.unexpected }
        if options.json {
            try Output.json(authority)
        } else if key {
            try Output.data(authority.deliveryKey)
        } else if logKey {
            try Output.data(authority.logKey)
        } else {
            try Output.data("issuer         \(authority.issuer)")
            try Output.data("authority key  \(authority.deliveryKey)")
            try Output.data("log key        \(authority.logKey)")
            Output.note("apps and their users are given the log key: portes token fetch --log-key KEY")
            Output.note("give the authority key to clearing servers: portes clearing run --authority-key KEY")
        }
    }
}
