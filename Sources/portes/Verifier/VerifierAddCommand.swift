import ArgumentParser
import AuthorityServer

/// `portes verifier add`: trust a clearing server.
struct VerifierAddCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Trust a clearing server with the keys of capabilities.",
        discussion: """
            The public key is what `portes clearing identity` prints on that server. The server must in turn be told \
            the authority's key: see `portes authority show`.

            With --public-only it never gets a secret, whatever token type its capabilities have or change to: it \
            verifies tokens of type 0x0002, and knows nothing of keys of other types. What a server got before it was \
            removed it keeps.

            EXAMPLE: portes verifier add shop 1tQx… --capability session --capability play
            """)

    @Argument(help: "A name of your choice.") var name: String
    @Argument(help: "The clearing server's public identity key, base64url.") var publicKey: String
    @Option(name: .customLong("capability"), help: "A capability whose keys it gets; may be repeated.")
    var capabilities: [String]
    @Flag(help: "Trust it with public keys alone: it can verify tokens of type 0x0002, and make none.")
    var publicOnly = false
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest {
        .addVerifier(name: name, publicKey: publicKey, capabilities: capabilities, isPublicOnly: publicOnly)
    }

    func show(_ reply: AdminReply) throws { try VerifierTable.show(reply, json: options.json) }
}
