import ArgumentParser
import PortesClient
import PrivacyPass

/// Which tokens of a wallet a command is about.
struct TokenChoice: ParsableArguments {
    @Option(help: "The capability, where the wallet has several.") var capability: String?
    @Option(help: "The id of the tokens' key, or at least its first 8 digits.") var key: String?
    @Option(help: "The name of the origin that they are for, where the wallet has tokens for several.")
    var originName: String?

    func validate() throws {
        guard key.map({ $0.count >= 8 }) ?? true else { throw ValidationError("--key takes at least 8 digits") }
    }

    /// What was selected: of the oldest key, where several keys made tokens of one kind.
    ///
    /// What is set aside, at the origin that was named or at any, is left out unless it is asked for or a key is named.
    func holding(in wallet: Wallet, includeSetAside: Bool) async throws -> Wallet.Holding {
        let name = try originName.map { try ClientArgument.serverName($0, flag: "--origin-name") }
        let all = try await wallet.holdings.filter { holding in
            try fits(holding.capability, keyID: holding.keyID)
                && (name.map { holding.challenge.allows(origin: $0) } ?? true)
        }
        let fitting = all.filter { holding in
            includeSetAside || key != nil || (name.map { holding.isUsable(at: $0) } ?? holding.setAside.isEmpty)
        }
        guard let first = fitting.first else {
            guard all.isEmpty else {
                throw CommandFailure(
                    "the wallet has only such tokens as an origin refused, which are set aside",
                    hint: "name their --key or add --include-set-aside, or fetch new ones with portes token fetch")
            }
            throw CommandFailure(
                "the wallet has no such token", hint: "portes token list --wallet FILE shows what it has")
        }
        guard fitting.allSatisfy({ $0.capability == first.capability && $0.challenge == first.challenge }) else {
            throw CommandFailure(
                "the wallet has several kinds of such tokens",
                hint: "name one with --capability, --origin-name or --key")
        }
        return first
    }

    /// Whether tokens are of the capability and the key that were named, if they were.
    func fits(_ held: Capability?, keyID: TokenKeyID) throws -> Bool {
        let wanted = try capability.map { try ClientArgument.capability($0) }
        return (wanted == nil || held == wanted) && (key.map { keyID.hexadecimal.hasPrefix($0.lowercased()) } ?? true)
    }
}
