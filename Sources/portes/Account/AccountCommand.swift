import ArgumentParser

/// `portes account`: an account without a name at a token authority.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Open, use and close an account at an issuer: a key, and no name.",
        discussion: """
            Where an issuer gives tokens to accounts, they take the place of vouchers: portes token fetch --account draws \
            on one. The key follows from an identity (portes id create), another one for each issuer.

            EXAMPLE: portes account open --issuer https://issuer.example --identity me.portes
            """,
        subcommands: [
            AccountOpenCommand.self, AccountRequestCommand.self, AccountPresentCommand.self, AccountCloseCommand.self,
        ])
}
