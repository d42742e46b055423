import ArgumentParser
import AuthorityServer
import LibSodium
import PortesClient
import PrivacyPass
import Revocation

/// `portes token revoke`: one token, published as revoked.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Publish one token as revoked.",
        discussion: """
            Takes the token out of a wallet, which never hands it out again, or reads it from a file or from standard \
            input: in hexadecimal, in base64url, or as the Authorization field that carries it. Only its nullifier is \
            published, from which nobody can make the token. A revocation that was cut off is finished by the same \
            command.

            EXAMPLE: portes token revoke --wallet my.wallet --capability session
            """)

    @Option(help: "The file with the token; - for standard input.") var tokenFile: String?
    @Option(help: "The wallet to take the token out of.") var wallet: String?
    @OptionGroup var choice: TokenChoice
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard (tokenFile == nil) != (wallet == nil) else {
            throw ValidationError("give either --wallet or --token-file")
        }
    }

    func run() async throws {
        let connection = try AdminConnection(options)
        if let wallet {
            try await revoke(from: ClientArgument.existingWallet(wallet), through: connection)
        } else {
            let token = try ClientArgument.token(tokenFile ?? "-")
            try await ask("one token", keyID: token.input.keyID, through: connection)
            try await publish(token, through: connection)
        }
    }

    private func revoke(from wallet: Wallet, through connection: AdminConnection) async throws {
        let earlier = try await wallet.surrendered.first { try choice.fits($0.capability, keyID: $0.token.input.keyID) }
        let token: Token
        if let earlier {
            Output.note("a token taken out earlier, of which it is not known that it was revoked")
            token = earlier.token
        } else {
            let holding = try await choice.holding(in: wallet, includeSetAside: true)
            let all =
                holding.count == 1
                ? "the only token of this kind in the wallet"
                : "one token of the \(holding.count) of this kind in the wallet"
            try await ask(all, keyID: holding.keyID, through: connection)
            token = try await wallet.surrender(from: holding)
        }
        try await publish(token, through: connection)
        try await wallet.settleSurrender(of: token)
    }

    /// Asks, once the authority was found and knows the key: until then no token is taken out.
    private func ask(_ what: String, keyID: TokenKeyID, through connection: AdminConnection) async throws {
        let key = try await connection.key(keyID.hexadecimal)
        if !yes { try Confirmation.ask("this revokes \(what), made by \(key)") }
    }

    private func publish(_ token: Token, through connection: AdminConnection) async throws {
        let reply = try await connection.answer(
            to: .revokeToken(
                nullifier: Hexadecimal.encode(Nullifier(of: token.input).bytes), keyID: token.input.keyID.hexadecimal,
                reason: RevocationReason.surrendered.name))
        try RevocationTable.show(reply, json: options.json)
    }
}
