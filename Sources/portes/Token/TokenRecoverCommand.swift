import ArgumentParser
import PortesClient
import PrivacyPass

/// `portes token recover`: tokens of a device that is gone.
struct TokenRecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Bring tokens back that were fetched on another device with the same identity.",
        discussion: """
            The issuer answers what it answered before once more, without a charge; it learns that somebody recovers, \
            and not who. Name the origins at which tokens may have been spent with --origin: what they publish once an \
            hour says which, and no token is shown to anybody. One that was spent since is passed over when it is spent.

            Only tokens that were fetched with --identity can be recovered, of type 0x0005, as long as they are \
            accepted. Tokens that the wallet has already are left as they are.

            EXAMPLE: portes token recover --issuer https://issuer.example --identity me.portes --wallet my.wallet \
            --origin https://play.example --log-key "$(cat log.key)" --witness "$(cat witness.key)"
            """)

    @Option(help: "The issuer's URL.") var issuer: String
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The URL of an origin at which tokens may have been spent; may be repeated.") var origin: [String] = []
    @Option(help: "The name in challenges of the one origin, where it is not the URL's host and port.")
    var originName: String?
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var log: KeyLogOptions
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        guard wallet.identity != nil else { throw ValidationError("name the identity with --identity FILE") }
        guard originName == nil || origin.count == 1 else {
            throw ValidationError("--origin-name goes with one --origin")
        }
    }

    func run() async throws {
        let issuer = try connection.issuer(issuer, name: issuerName, log: log.policy(), proxy: connection.proxy)
        let origins = try origin.map { try connection.origin($0, name: originName) }
        guard let key = try wallet.recoveryKey(for: issuer.name) else { return }
        let wallet = try wallet.open()
        try await log.prepare(wallet, for: issuer)
        let result = try await wallet.recover(with: key, from: issuer, askingAboutSpends: origins)
        let unspent = await wallet.count
        if json {
            try Output.json([
                "recovered": result.recovered, "spent": result.spent, "present": result.present, "unspent": unspent,
            ])
        } else {
            try Output.data("recovered \(tokens(result.recovered)); the wallet has \(unspent)")
            if result.spent > 0 { Output.note("\(tokens(result.spent)) of that time were spent already") }
            if result.present > 0 { Output.note("\(tokens(result.present)) were in the wallet before") }
        }
        if !result.silentOrigins.isEmpty {
            let names = result.silentOrigins.map(\.text).joined(separator: ", ")
            Output.warning(
                "\(names) did not say what was spent there",
                hint: "tokens that turn out to be spent are passed over; or recover again into a new wallet later")
        }
    }

    private func tokens(_ count: Int) -> String { count == 1 ? "1 token" : "\(count) tokens" }
}
