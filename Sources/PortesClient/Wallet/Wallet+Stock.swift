public import PrivacyPass

/// When a wallet fetches ahead, so that nobody waits for tokens and fetching tells little of spending.
///
/// An issuer that saw a fetch after each so-many-th spend would know when those were. So the number of tokens left at
/// which the wallet fetches is drawn anew each time, and it waits for a while that is drawn too.
public struct StockPolicy: Sendable, Hashable {
    /// With fewer tokens than this the wallet fetches in any case.
    public let lowWater: Int
    /// How many tokens one fetch asks for: always the same number, which says nothing.
    public let portion: Int
    /// The longest wait before a fetch that is not urgent.
    public let longestWait: Duration

    /// A policy: by default 100 tokens when between 20 and 60 are left, after up to two hours.
    public init(lowWater: Int = 20, portion: Int = 100, longestWait: Duration = .seconds(7_200)) {
        self.lowWater = max(1, lowWater)
        self.portion = min(max(portion, 1), Client.maximumRequestCount)
        self.longestWait = max(longestWait, .zero)
    }

    /// With fewer tokens than this the wallet fetches this time: `lowWater` to three times that.
    func threshold(using generator: inout some RandomNumberGenerator) -> Int {
        Int.random(in: lowWater...lowWater * 3, using: &generator)
    }

    /// How long it waits before: not at all where tokens run out.
    func wait(left: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        left < lowWater ? .zero : longestWait * Double.random(in: 0...1, using: &generator)
    }
}

extension Wallet {
    /// Fetches ahead if tokens of a kind are running low, after a while that is drawn at random; `nil` if they are not.
    ///
    /// To be called at each start of an app and after spends; a call that waits can be cancelled, and then has fetched
    /// nothing. Also drops tokens that are worth nothing any more. Throws as
    /// ``fetch(_:of:for:from:voucher:recovery:)``.
    @discardableResult
    public func restock(
        _ capability: Capability, for challenge: TokenChallenge, from issuer: IssuerClient, voucher: Voucher,
        recovery: RecoveryKey? = nil, policy: StockPolicy = StockPolicy()
    ) async throws -> FetchResult? {
        try await restock(capability, challenge, policy: policy, wait: { try await Task.sleep(for: $0) }) {
            try await fetch(
                policy.portion, of: capability, for: challenge, from: issuer, voucher: voucher, recovery: recovery)
        }
    }

    /// The same for tokens that an account pays for.
    @discardableResult
    public func restock(
        _ capability: Capability, for challenge: TokenChallenge, from issuer: IssuerClient, account: AccountKey,
        recovery: RecoveryKey? = nil, policy: StockPolicy = StockPolicy()
    ) async throws -> FetchResult? {
        try await restock(capability, challenge, policy: policy, wait: { try await Task.sleep(for: $0) }) {
            try await fetch(
                policy.portion, of: capability, for: challenge, from: issuer, account: account, recovery: recovery)
        }
    }

    func restock(
        _ capability: Capability, _ challenge: TokenChallenge, policy: StockPolicy,
        wait: @Sendable (Duration) async throws -> Void, fetch: () async throws -> FetchResult
    ) async throws -> FetchResult? {
        var generator = SystemRandomNumberGenerator()
        guard left(capability, challenge) < policy.threshold(using: &generator) else { return nil }
        try await wait(policy.wait(left: left(capability, challenge), using: &generator))
        // Another call may have fetched meanwhile.
        guard left(capability, challenge) < policy.lowWater * 3 else { return nil }
        return try await fetch()
    }

    private func left(_ capability: Capability, _ challenge: TokenChallenge) -> Int {
        contents.lots.reduce(0) { $0 + ($1.capability == capability && $1.challenge == challenge ? $1.count : 0) }
    }

    /// Drops what is worth nothing any more: tokens, requests and series under keys of an issuer that are revoked or
    /// whose acceptance is over, as its key log says. Says how many tokens those were.
    ///
    /// Of what is expired alone ``fetch(_:of:for:from:voucher:recovery:)`` does it by itself; tokens of a revoked key
    /// stay, set aside where they were refused. Where the log cannot be read nothing is dropped.
    @discardableResult
    public func discardWhatIsOver(of issuer: IssuerClient) async throws -> Int {
        var count = 0
        for keyID in await over(keys(of: issuer.name), of: issuer) { count += try discard(keyID) }
        return count
    }

    /// Drops what is expired, unless there is nothing but tokens of one key.
    func discardExpired(besides key: TokenKey, of issuer: IssuerClient) async throws {
        let others = keys(of: issuer.name).subtracting([key.id])
        guard !others.isEmpty else { return }
        for keyID in await expired(others, of: issuer) { try discard(keyID) }
    }

    private func keys(of issuer: ServerName) -> Set<TokenKeyID> {
        let lots = contents.lots.filter { $0.challenge.issuerName.isSameServer(as: issuer) }.map(\.keyID)
        let series = contents.series.map(\.series).filter { $0.challenge.issuerName.isSameServer(as: issuer) }
        return Set(lots + series.map(\.tokenKey.id))
    }
}
