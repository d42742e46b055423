internal import LibSodium
internal import PrivacyPass
internal import VOPRF

extension Wallet {
    /// Asks for tokens, and records the request before giving it out.
    func prepare(
        _ capability: Capability?, challenge: TokenChallenge, tokenKey: ServerPublicKey, count: Int
    ) throws -> PendingTokens {
        guard let pending = try? Client.request(challenge: challenge, tokenKey: tokenKey, count: count) else {
            throw IssuanceError.unsupported
        }
        var next = contents
        let request = try WalletContents.Request(
            capability: capability, encoded: pending.encoded().withUnsafeBytes { Array($0) })
        next.requests.append(request)
        try save(next)
        fetching.insert(request.id)
        return pending
    }

    /// Claims a request of an issuer that no running fetch sees to, to be sent again.
    func claimRequest(of issuer: ServerName) -> WalletContents.Request? {
        contents.requests.first { $0.stored.challenge.issuerName.isSameServer(as: issuer) && claim($0.id) }
    }

    /// Whether a request was free, and now is the caller's until ``release(_:)``.
    func claim(_ id: Nonce) -> Bool { fetching.insert(id).inserted }

    /// Leaves a request, if it is still on record, to a later fetch.
    func release(_ id: Nonce) { fetching.remove(id) }

    /// The request as it was before it was recorded.
    func restore(_ request: WalletContents.Request) throws(WalletError) -> PendingTokens {
        do {
            return try PendingTokens(restoring: SecretBytes(copying: request.encoded))
        } catch {
            throw .corrupt
        }
    }

    /// Puts tokens in the place of their request; no tokens if it will never be answered.
    func finish(_ id: Nonce, tokens: [Token]) throws(WalletError) {
        guard let request = contents.requests.first(where: { $0.id == id }) else { return }
        var next = contents
        next.requests.removeAll { $0.id == id }
        if !tokens.isEmpty {
            next.add(
                tokens, capability: request.capability, challenge: request.stored.challenge,
                tokenKey: request.stored.tokenKey)
        }
        try save(next)
    }
}
