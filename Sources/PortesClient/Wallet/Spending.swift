public import PrivacyPass

/// A token on its way to an origin, recorded as such in its wallet.
///
/// Cannot be copied. Whoever has it sends the token with its binding, and calls ``settle()`` once an answer is known;
/// if it is dropped instead, ``Wallet/resume(at:)`` gives it out again, in this run or the next.
public struct Spending: ~Copyable, Sendable {
    /// The token to present.
    public let token: Token
    /// Where, and nowhere else, it may be presented.
    public let origin: ServerName
    /// What makes a repetition known to the origin: to be sent along every time.
    public let binding: [UInt8]
    /// What the app noted when it took the token; not to be sent.
    public let purpose: [UInt8]
    let use: WalletContents.Sent.Use
    private let wallet: Wallet

    /// Whoever makes one has claimed the token for it.
    init(_ sent: WalletContents.Sent, wallet: Wallet) {
        token = sent.token
        origin = sent.origin
        binding = sent.binding
        purpose = sent.purpose
        use = sent.use
        self.wallet = wallet
    }

    deinit { wallet.claims.release(token.input.nonce) }

    /// The header fields that present the token: `Authorization` and `Portes-Binding`.
    public var headers: [HeaderField] { [authorization, HeaderField("portes-binding", Base64URL.encode(binding))] }

    var authorization: HeaderField {
        HeaderField("authorization", PrivateTokenCredentials(token: token).fieldValue)
    }

    /// Removes the token from the wallet, durably: its answer is known, and it is never to be sent again.
    public consuming func settle() async throws(WalletError) {
        try await wallet.settle(token.input.nonce)
    }
}
