public import PrivacyPass

extension Wallet {
    /// Takes one token of a holding out for good, to be used elsewhere.
    ///
    /// The wallet has forgotten it, durably, before it is given out: a crash in between loses the token, and none is
    /// given out twice. Throws ``WalletError/empty`` if there is no such holding any more.
    public func withdraw(from holding: Holding) throws(WalletError) -> Token {
        var next = contents
        guard let token = next.take(from: holding) else { throw .empty }
        try save(next)
        return token
    }

    /// Takes one token of a holding out and hands it over; puts it back if `hand` throws, by which that says that
    /// nobody saw any of it.
    ///
    /// Throws ``WalletError`` and what `hand` throws.
    package func withdraw<Value: Sendable>(
        from holding: Holding, handing hand: @Sendable (Token) throws -> Value
    ) throws -> Value {
        let before = contents
        let token = try withdraw(from: holding)
        do {
            return try hand(token)
        } catch {
            try save(before)
            throw error
        }
    }

    /// Takes one token of a holding out to be revoked: it is never given out again for anything else, and stays on
    /// record until ``settleSurrender(of:)``, so that a revocation that was cut off can be finished.
    ///
    /// Throws ``WalletError/empty`` if there is no such holding any more.
    package func surrender(from holding: Holding) throws(WalletError) -> Token {
        var next = contents
        guard let token = next.take(from: holding) else { throw .empty }
        next.surrendered.append(WalletContents.Surrendered(capability: holding.capability, token: token))
        try save(next)
        return token
    }

    /// The tokens that were taken out to be revoked and of which it is not known that they were.
    package var surrendered: [(capability: Capability?, token: Token)] {
        contents.surrendered.map { ($0.capability, $0.token) }
    }

    /// Forgets a surrendered token, durably: it is revoked.
    package func settleSurrender(of token: Token) throws(WalletError) {
        var next = contents
        next.surrendered.removeAll { $0.token.input.nonce == token.input.nonce }
        try save(next)
    }
}

extension WalletContents {
    /// Takes one token out of the lot that a holding describes, or gives `nil` if there is none.
    fileprivate mutating func take(from holding: Wallet.Holding) -> Token? {
        takeFirst {
            $0.capability == holding.capability && $0.challenge == holding.challenge && $0.keyID == holding.keyID
        }
    }
}
