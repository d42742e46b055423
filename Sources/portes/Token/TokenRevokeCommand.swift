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

            With --issuer any holder can do it, at the issuer's public address: the valid token is the proof. Without, \
            it is for the admin, at the authority on this machine.

            EXAMPLE: portes token revoke --wallet my.wallet --capability session --issuer https://issuer.example
            """)

    @Option(help: "The issuer's URL, for those who are not its admin.") var issuer: String?

    @Option(help: "The file with the token; - for standard input.") var tokenFile: String?
    @Option(help: "The wallet to take the token out of.") var wallet: String?
    @Option(help: "The file of the identity that seals the wallet.") var identity: String?
    @OptionGroup var choice: TokenChoice
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard (tokenFile == nil) != (wallet == nil) else {
            throw ValidationError("give either --wallet or --token-file")
        }
    }

    func run() async throws {
        let place = try place()
        if let wallet {
            try await revoke(from: ClientArgument.existingWallet(wallet, key: WalletOptions.key(identity: identity)), at: place)
        } else {
            let token = try ClientArgument.token(tokenFile ?? "-")
            try await ask("one token", keyID: token.input.keyID, at: place)
            try await publish(token, at: place)
        }
    }

    private func revoke(from wallet: Wallet, at place: Place) async throws {
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
            try await ask(all, keyID: holding.keyID, at: place)
            token = try await wallet.surrender(from: holding)
        }
        try await publish(token, at: place)
        try await wallet.settleSurrender(of: token)
    }

    /// Where a token is given up.
    private enum Place {
        case admin(AdminConnection)
        case issuer(IssuerClient)
    }

    private func place() throws -> Place {
        guard let issuer else { return .admin(try AdminConnection(options)) }
        // No token is asked for, so no key is chosen and the key log is not read.
        return .issuer(try connection.issuer(issuer, name: nil, log: .development, proxy: connection.proxy))
    }

    /// Asks, at the admin's authority once it was found and knows the key: until then no token is taken out.
    private func ask(_ what: String, keyID: TokenKeyID, at place: Place) async throws {
        var key = "key \(keyID.hexadecimal.prefix(16))"
        if case .admin(let connection) = place { key = try await connection.key(keyID.hexadecimal) }
        if !yes { try Confirmation.ask("this revokes \(what), made by \(key)") }
    }

    private func publish(_ token: Token, at place: Place) async throws {
        let (keyID, nullifier) = (token.input.keyID, Hexadecimal.encode(Nullifier(of: token.input).bytes))
        switch place {
        case .admin(let connection):
            let reply = try await connection.answer(
                to: .revokeToken(
                    nullifier: nullifier, keyID: keyID.hexadecimal, reason: RevocationReason.surrendered.name))
            try RevocationTable.show(reply, json: options.json)
        case .issuer(let issuer):
            try SurrenderReport(try await issuer.revoke(token), nullifier: nullifier, keyID: keyID)
                .show(json: options.json)
        }
    }
}
