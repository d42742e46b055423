internal import KeySchedule
public import PrivacyPass
internal import Synchronization

extension Wallet {
    /// Forgets what was seen of the key log of an issuer, with the log's key: for a log that was begun anew. What the
    /// old one said is not compared any more.
    public func forgetKeyLog(of issuer: ServerName) throws(WalletError) {
        var next = contents
        next.keyLogs.removeAll { $0.issuer.isSameServer(as: issuer) }
        if next.keyLogs.count < contents.keyLogs.count { try save(next) }
    }

    /// What is kept of the key log of an issuer.
    fileprivate func keyLog(of issuer: ServerName) -> [UInt8]? {
        contents.keyLogs.first { $0.issuer.isSameServer(as: issuer) }?.seen
    }

    fileprivate func keep(_ seen: [UInt8], of issuer: ServerName) throws(WalletError) {
        var next = contents
        next.keyLogs.removeAll { $0.issuer.isSameServer(as: issuer) }
        next.keyLogs.append(WalletContents.KeyLog(issuer: issuer, seen: seen))
        try save(next)
    }

    /// The key of an issuer to use now for a capability, as ``IssuerClient/currentKey(for:tokenType:)``, with what was
    /// seen of the issuer's log kept here.
    public func currentKey(
        for capability: Capability, tokenType: TokenType? = nil, from issuer: IssuerClient
    ) async throws -> TokenKey {
        try await currentKey(ofKind: capability, tokenType: tokenType, of: issuer)
    }

    /// The key of an issuer to use now, with what was seen of its log kept here.
    func currentKey(
        ofKind capability: Capability?, tokenType: TokenType?, of issuer: IssuerClient
    ) async throws -> TokenKey {
        let store = WalletKeyLogStore(self, issuer: issuer.name)
        do {
            return try await issuer.currentKey(ofKind: capability, tokenType: tokenType, keptIn: store)
        } catch {
            throw store.failure ?? error
        }
    }

    /// Those of some keys whose tokens are worth nothing any more, by their issuer's log; none where that is not known.
    func over(_ keyIDs: Set<TokenKeyID>, of issuer: IssuerClient) async -> Set<TokenKeyID> {
        await issuer.over(keyIDs, keptIn: WalletKeyLogStore(self, issuer: issuer.name))
    }

    /// Those of some keys whose acceptance is over, by their issuer's log.
    func expired(_ keyIDs: Set<TokenKeyID>, of issuer: IssuerClient) async -> Set<TokenKeyID> {
        await issuer.expired(keyIDs, keptIn: WalletKeyLogStore(self, issuer: issuer.name))
    }

    /// The keys of type 0x0005 whose tokens an issuer's log still lets be accepted, oldest first.
    func acceptedKeys(of issuer: IssuerClient) async throws -> [KeyRecord] {
        let store = WalletKeyLogStore(self, issuer: issuer.name)
        do {
            return try await issuer.acceptedKeys(keptIn: store)
        } catch {
            throw store.failure ?? error
        }
    }

    /// What a challenge asks for, as ``IssuerClient/capability(of:)``, with what was seen of the issuer's log kept
    /// here.
    public func capability(
        of challenge: PrivateTokenChallenge, from issuer: IssuerClient
    ) async throws -> Capability? {
        let store = WalletKeyLogStore(self, issuer: issuer.name)
        do {
            return try await issuer.capability(of: challenge, keptIn: store)
        } catch {
            throw store.failure ?? error
        }
    }
}

/// A wallet as the place for what was seen of one issuer's key log.
private final class WalletKeyLogStore: KeyLogStore {
    private let wallet: Wallet
    private let issuer: ServerName
    private let failed = Mutex<WalletError?>(nil)

    init(_ wallet: Wallet, issuer: ServerName) {
        self.wallet = wallet
        self.issuer = issuer
    }

    /// Why the wallet could not be written, if it could not.
    var failure: WalletError? { failed.withLock { $0 } }

    func load() async -> [UInt8]? { await wallet.keyLog(of: issuer) }

    func save(_ bytes: [UInt8]) async throws {
        do {
            try await wallet.keep(bytes, of: issuer)
        } catch {
            failed.withLock { $0 = error }
            throw error
        }
    }
}
