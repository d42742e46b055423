import ArgumentParser
import Identity
import PortesClient
import PrivacyPass

/// Which wallet, and whose.
struct WalletOptions: ParsableArguments {
    @Option(help: "The wallet file.") var wallet: String
    @Option(help: "The file of the identity that seals the wallet, and from whose code its tokens can be had again.")
    var identity: String?

    /// The wallet, which is made if it is absent.
    func open() throws -> Wallet { try ClientArgument.wallet(wallet, key: key()) }

    /// The wallet, which must be there.
    func openExisting() throws -> Wallet { try ClientArgument.existingWallet(wallet, key: key()) }

    /// What makes tokens of an issuer recoverable; `nil` without an identity.
    func recoveryKey(for issuer: ServerName) throws -> RecoveryKey? {
        guard let identity else { return nil }
        guard let key = RecoveryKey(try Self.secret(identity), issuer: issuer) else {
            throw CommandFailure("the issuer's name is too long for tokens that can be recovered")
        }
        return key
    }

    private func key() throws -> WalletKey? { try Self.key(identity: identity) }

    /// What the wallets of the identity in a file are sealed with; `nil` where none is named.
    static func key(identity: String?) throws -> WalletKey? {
        guard let identity else { return nil }
        return WalletKey(try secret(identity))
    }

    private static func secret(_ identity: String) throws -> IdentitySecret {
        do { return try IdentityFile.read(path: identity).secret() } catch {
            throw CommandFailure(error, path: identity)
        }
    }
}
