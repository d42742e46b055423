import ArgumentParser
import PortesClient
import PrivacyPass

/// `portes account close`: nothing of an account is left.
struct AccountCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close an account: afterwards the issuer has nothing of it.",
        discussion: """
            Tokens that were fetched stay good, since nobody knows which they are. What statements gave and was not fetched \
            is lost. The identity stays.

            EXAMPLE: portes account close --issuer https://issuer.example --identity me.portes
            """)

    @OptionGroup var account: AccountOptions
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        let issuer = try await account.client()
        let key = try account.key(at: issuer.name)
        if !yes { try Confirmation.ask("the account at \(issuer.name.text), and what it may still fetch, will be gone") }
        try await issuer.closeAccount(key)
        Output.note("the account at \(issuer.name.text) is closed")
    }
}
