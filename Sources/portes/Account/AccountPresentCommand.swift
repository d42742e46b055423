import ArgumentParser
import PortesClient

/// `portes account present`: another party's statement, for what it gives.
struct AccountPresentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "present",
        abstract: "Give an account what another party states, once.",
        discussion: """
            The issuer keeps of the statement the capability and the number of tokens, and a hash that keeps it from \
            counting twice. Fetch the tokens with portes token fetch --account.

            EXAMPLE: portes account present --issuer https://issuer.example --identity me.portes \
            --statement-file age.jwt --salt-file age.salt
            """)

    @OptionGroup var account: AccountOptions
    @Option(help: "The file with the statement; - for standard input.") var statementFile: String
    @Option(help: "The file with its salt.") var saltFile: String

    func run() async throws {
        let issuer = try await account.client()
        let statement = try StatementFiles.read(statementFile, salt: saltFile)
        let grant = try await issuer.present(statement, for: account.key(at: issuer.name))
        let tokens = grant.tokens == 1 ? "1 token" : "\(grant.tokens) tokens"
        try Output.data("the account may fetch \(tokens) of \(grant.capability)")
    }
}
