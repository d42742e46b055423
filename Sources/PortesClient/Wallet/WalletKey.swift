public import Identity
internal import LibSodium

/// What a wallet's file is sealed with: 32 bytes that follow from the person's secret.
///
/// With it, whoever reads the file learns its size alone. Lost with the identity: bring that back from its recovery
/// code.
public final class WalletKey: Sendable {
    private let key: SecretBytes

    /// The key of a person's wallets.
    public init(_ identity: borrowing IdentitySecret) { key = identity.walletKey() }

    func seal(_ body: [UInt8], context: [UInt8]) -> [UInt8] {
        AuthenticatedEncryption.seal(SecretBytes(copying: body), key: key, context: context)
    }

    func open(_ sealed: [UInt8], context: [UInt8]) -> [UInt8]? {
        let opened = try? AuthenticatedEncryption.open(sealed, key: key, context: context)
        return opened?.withUnsafeBytes { Array($0) }
    }
}
