import ArgumentParser
import Foundation
import PortesClient
import PrivacyPass

/// `portes account request`: what another party is to sign.
struct AccountRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Print what another party has to sign, so that a statement counts for this account.",
        discussion: """
            The party puts the line into its statement, a JSON Web Token, as the member portes-account of the claim cnf. It \
            learns nothing of the account by it. The salt is written to a new file, and needed to present the statement.

            EXAMPLE: portes account request --issuer https://issuer.example --identity me.portes --salt-file age.salt
            """)

    @OptionGroup var account: AccountOptions
    @Option(help: "The file to write the salt to; it must not be there yet.") var saltFile: String

    func run() async throws {
        try Output.check()
        let issuer = try await account.client()
        let request = StatementRequest(for: try account.key(at: issuer.name))
        try PrivateFile.create(Base64URL.encode(request.salt, padded: false) + "\n", at: saltFile)
        try Output.data(request.binding)
    }
}
