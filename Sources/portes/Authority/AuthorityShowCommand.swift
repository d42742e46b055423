import ArgumentParser
import AuthorityServer

/// `portes authority show`: what clearing servers must be told.
struct AuthorityShowCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the issuer's name and the keys by which others know it.",
        discussion: "EXAMPLE: portes authority show --key")

    @Flag(help: "Print the key that clearing servers pin alone.") var key = false
    @Flag(help: "Print the verifier key of the key log alone, which clients pin.") var logKey = false
    @Flag(help: "Print the key of the revocation list alone, which those pin who verify with public keys.")
    var revocationKey = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard [key, logKey, revocationKey].count(where: \.self) <= 1 else {
            throw ValidationError("give one of --key, --log-key and --revocation-key")
        }
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
        } else if revocationKey {
            try Output.data(authority.revocationKey)
        } else {
            try Output.data("issuer          \(authority.issuer)")
            try Output.data("authority key   \(authority.deliveryKey)")
            try Output.data("log key         \(authority.logKey)")
            try Output.data("revocation key  \(authority.revocationKey)")
            Output.note("apps and their users are given the log key: portes token fetch --log-key KEY")
            Output.note("give the authority key to clearing servers: portes clearing run --authority-key KEY")
        }
    }
}
