import ArgumentParser
import PortesClient

/// `portes account open`: an account for a voucher, a statement or some computing time.
struct AccountOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Open an account at an issuer.",
        discussion: """
            Costs what the issuer asks for: without more, about a second of computing. The issuer keeps a hash of a key that it sees \
            nowhere else, and what the account drew in each epoch.

            EXAMPLE: portes account open --issuer https://issuer.example --identity me.portes
            """)

    @OptionGroup var account: AccountOptions
    @Option(help: "The file with a voucher to pay with; - for standard input.") var voucherFile: String?
    @Option(help: "The file with a statement to pay with.") var statementFile: String?
    @Option(help: "The file with the statement's salt.") var saltFile: String?

    func validate() throws {
        guard (statementFile == nil) == (saltFile == nil), voucherFile == nil || statementFile == nil else {
            throw ValidationError("give --voucher-file, or --statement-file with --salt-file, or none of them")
        }
    }

    func run() async throws {
        let issuer = try await account.client()
        let payment: AccountPayment =
            if let voucherFile {
                .voucher(try ClientArgument.voucher(voucherFile))
            } else if let statementFile, let saltFile {
                .statement(try StatementFiles.read(statementFile, salt: saltFile))
            } else {
                .proofOfWork
            }
        let isNew = try await issuer.openAccount(account.key(at: issuer.name), for: payment)
        Output.note(isNew ? "the account is open" : "the account was open already; nothing was charged")
    }
}
