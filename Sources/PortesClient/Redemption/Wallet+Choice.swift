public import PrivacyPass

extension Wallet {
    /// What to spend at `origin` for what it asks for, by ``spend(like:at:path:method:binding:purpose:)``.
    ///
    /// One challenge may stand for several capabilities, which only the key that it names tells apart. So a holding of
    /// that very key comes first, in the order of the challenges; tokens of older keys then follow by its capability.
    /// Where no holding has the key, the issuer's directory says which capability it is for, if an `issuer` is given;
    /// one that is not asked while a key fits, as asking it now shows it when a token is about to be spent. What is
    /// left must be of one capability.
    ///
    /// Throws ``WalletError/empty`` if nothing fits but what is set aside for the origin,
    /// ``WalletError/severalCapabilities`` if it is not known which of several capabilities is meant, and
    /// ``IssuanceError`` if the issuer does not know the key or cannot be asked.
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
        if let holding = Self.holdingOfNamedKey(challenges, candidates) { return holding }
        var fitting: [Holding] = []
        for challenge in challenges {
            let held = candidates.filter { $0.challenge == challenge.challenge }
            guard !held.isEmpty else { continue }
            let asker = issuer.flatMap { $0.name.isSameServer(as: challenge.challenge.issuerName) ? $0 : nil }
            var asked: Capability?
            if let asker { asked = try await capability(of: challenge, from: asker) }
            fitting += held.filter { asked == nil || $0.capability == asked }
        }
        guard let first = fitting.first else { throw WalletError.empty }
        guard fitting.allSatisfy({ $0.capability == first.capability }) else { throw WalletError.severalCapabilities }
        return first
    }

    private static func holdingOfNamedKey(
        _ challenges: [PrivateTokenChallenge], _ candidates: [Holding]
    ) -> Holding? {
        for challenge in challenges {
            guard let key = challenge.tokenKey,
                let keyID = TokenKeyID(publicKey: key, tokenType: challenge.challenge.tokenType)
            else { continue }
            let holding = candidates.first { $0.challenge == challenge.challenge && $0.keyID == keyID }
            if let holding { return holding }
        }
        return nil
    }
}
