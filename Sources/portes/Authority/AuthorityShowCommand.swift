import ArgumentParser
import AuthorityServer

/// `portes authority show`: what clearing servers must be told.
struct AuthorityShowCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the issuer's name and the key that clearing servers pin.",
        discussion: "EXAMPLE: portes authority show --key")

    @Flag(help: "Print the key alone.") var key = false
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .describe }

    func show(_ reply: AdminReply) throws {
        guard case .authority(let authority) = reply else { throw reply.unexpected }
        if options.json {
            try Output.json(authority)
        } else if key {
            try Output.data(authority.deliveryKey)
        } else {
            try Output.data("issuer         \(authority.issuer)")
            try Output.data("authority key  \(authority.deliveryKey)")
            Output.note("give the key to clearing servers: portes clearing run --authority-key KEY")
        }
    }
}
