import ArgumentParser
import PortesClient
import PrivacyPass

/// `portes token take`: one token out of a wallet.
struct TokenTakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take",
        abstract: "Move one token out of a wallet to standard output.",
        discussion: """
            Prints the token as an Authorization header field. The wallet has forgotten it by then, and gives it to \
            nobody again: if the line is lost, so is the token. Whoever has the line can spend it.

            EXAMPLE: portes token take --wallet my.wallet --capability session | curl -X POST -H @- URL
            """)

    @Option(help: "The wallet file.") var wallet: String
    @OptionGroup var choice: TokenChoice

    func run() async throws {
        let wallet = try ClientArgument.existingWallet(wallet)
        let token = try await wallet.withdraw(from: choice.holding(in: wallet))
        Output.data("Authorization: \(PrivateTokenCredentials(token: token).fieldValue)")
    }
}
