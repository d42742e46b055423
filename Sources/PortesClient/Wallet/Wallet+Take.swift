public import PrivacyPass

extension Wallet {
    /// How many tokens of a capability a spend at `origin` can use for a challenge: those of a key that the origin
    /// refused are in ``holdings``, but not among them. Fetch when there are none left.
    public func usableCount(of capability: Capability, for challenge: TokenChallenge, at origin: ServerName) -> Int {
        guard challenge.allows(origin: origin) else { return 0 }
        return holdings.reduce(0) { count, holding in
            let fits = holding.capability == capability && holding.challenge == challenge
            return count + (fits && holding.isUsable(at: origin) ? holding.count : 0)
        }
    }

    /// Takes one token of a capability for a challenge, to be spent at `origin`; of the oldest key that is not set
    /// aside there, as that ends first.
    ///
    /// `binding` says what the token is spent for, 16 to 256 bytes of which 16 are random; 32 random bytes are made
    /// if it is `nil`. `purpose`, up to 65,535 bytes, is never sent: it tells the app after a crash what it was about.
    /// All of it is durable before this returns.
    public func take(
        _ capability: Capability, for challenge: TokenChallenge, at origin: ServerName, binding: [UInt8]? = nil,
        purpose: [UInt8] = []
    ) throws(WalletError) -> Spending {
        try take(ofKind: capability, for: challenge, at: origin, binding: binding, purpose: purpose)
    }

    /// Takes one token of the capability and for the challenge of a holding, which may name no capability; otherwise
    /// as ``take(_:for:at:binding:purpose:)``.
    public func take(
        like holding: Holding, at origin: ServerName, binding: [UInt8]? = nil, purpose: [UInt8] = []
    ) throws(WalletError) -> Spending {
        try take(ofKind: holding.capability, for: holding.challenge, at: origin, binding: binding, purpose: purpose)
    }
}
