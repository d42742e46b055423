import ArgumentParser
import PortesClient

/// `portes token list`: what a wallet holds.
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what a wallet holds, and what is under way.",
        discussion: """
            Shows no token. Tokens for "any" origin are good wherever such are accepted; "once" stands for tokens that \
            answer one challenge. What was sent or requested without an answer is sent again by the next spend at that \
            origin, or the next fetch from that issuer.

            EXAMPLE: portes token list --wallet my.wallet
            """)

    @OptionGroup var wallet: WalletOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let list = await WalletList(try wallet.openExisting())
        if json {
            try Output.json(list)
        } else if list.isEmpty {
            Output.note("the wallet is empty; fetch tokens with portes token fetch")
        } else {
            try list.table.print()
        }
    }
}
