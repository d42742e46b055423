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
            nobody again: if the line is lost, so is the token. Only where nothing of it could be written it is still \
            there. Whoever has the line can spend it. Tokens that were set aside because an origin refused their key \
            are left where they are, unless --key names them.

            EXAMPLE: portes token take --wallet my.wallet --capability session | curl -X POST -H @- URL
            """)

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var choice: TokenChoice
    @Flag(help: "Also take tokens that were set aside because an origin refused their key.")
    var includeSetAside = false

    func run() async throws {
        try Output.check()
        let wallet = try wallet.openExisting()
        let holding = try await choice.holding(in: wallet, includeSetAside: includeSetAside)
        let cut = try await wallet.withdraw(from: holding) { token throws -> OutputFailure? in
            do throws(OutputFailure) {
                try Output.data("Authorization: \(PrivateTokenCredentials(token: token).fieldValue)")
                return nil
            } catch {
                guard error.isBegun else {
                    throw CommandFailure("\(error.text)", hint: "the token is still in the wallet: take it again")
                }
                return error
            }
        }
        if let cut {
            throw CommandFailure(
                "\(cut.text), and a part of the token was written",
                hint: "the wallet has given it up; take another one")
        }
    }
}
