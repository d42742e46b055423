public import PrivacyPass

extension Wallet {
    /// What to spend at `origin` for what it asks for, by ``spend(like:at:path:method:binding:purpose:)``.
    ///
    /// One challenge may stand for several capabilities, which only the key that it names tells apart. So a holding of
    /// a key that is named fits for certain; tokens of older keys then follow by its capability. A challenge that names
    /// a key of which there are no tokens may stand for any other capability of which there are: then the issuer's
    /// directory says which, if an `issuer` is given; one that is not asked where nothing else can be meant, as asking
    /// it now shows it when a token is about to be spent. What fits must be of one capability: which of several it is
    /// spent of is the caller's choice.
    ///
    /// Throws ``WalletError/empty`` if nothing fits but what is set aside for the origin,
    /// ``WalletError/severalCapabilities`` if tokens of several capabilities fit, or may, and ``IssuanceError`` if the
    /// issuer does not know the only keys there are, or cannot be asked.
    public func holding(
        for challenges: [PrivateTokenChallenge], at origin: ServerName, issuer: IssuerClient? = nil
    ) async throws -> Holding {
        try await holding(among: holdings.filter { $0.isUsable(at: origin) }, for: challenges, issuer: issuer)
    }

    /// The same among the tokens of one capability.
    public func holding(
        for challenges: [PrivateTokenChallenge], at origin: ServerName, of capability: Capability,
        issuer: IssuerClient? = nil
    ) async throws -> Holding {
        let candidates = holdings.filter { $0.isUsable(at: origin) && $0.capability == capability }
        return try await holding(among: candidates, for: challenges, issuer: issuer)
    }

    private func holding(
        among candidates: [Holding], for challenges: [PrivateTokenChallenge], issuer: IssuerClient?
    ) async throws -> Holding {
        let named = challenges.map { Self.holding(ofKeyIn: $0, candidates) }
        let certain = named.compactMap { $0 }
        var fitting = certain
        for (challenge, named) in zip(challenges, named) where named == nil {
            let held = candidates.filter { holding in
                holding.challenge == challenge.challenge
                    && !certain.contains { $0.capability == holding.capability && $0.challenge == holding.challenge }
            }
            guard !held.isEmpty else { continue }
            let asker = issuer.flatMap { $0.name.isSameServer(as: challenge.challenge.issuerName) ? $0 : nil }
            var asked: Capability?
            do {
                if let asker { asked = try await capability(of: challenge, from: asker) }
            } catch where !certain.isEmpty {
                // It is not known what else may be meant, and that is all.
            }
            fitting += held.filter { asked == nil || $0.capability == asked }
        }
        guard let first = fitting.first else { throw WalletError.empty }
        guard fitting.allSatisfy({ $0.capability == first.capability }) else { throw WalletError.severalCapabilities }
        return first
    }

    /// The tokens under the very key that a challenge names, if there are any.
    private static func holding(ofKeyIn offer: PrivateTokenChallenge, _ candidates: [Holding]) -> Holding? {
        guard let key = offer.tokenKey,
            let keyID = TokenKeyID(publicKey: key, tokenType: offer.challenge.tokenType)
        else { return nil }
        return candidates.first { $0.challenge == offer.challenge && $0.keyID == keyID }
    }
}
