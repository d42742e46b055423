internal import LibSodium
internal import PrivacyPass

extension Wallet {
    /// Asks for tokens, and records the request before giving it out. One whose blinds cannot be written down is kept
    /// in memory, so that a later fetch of this process can send it again.
    func prepare(
        _ capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey, count: Int
    ) throws -> OpenRequest {
        guard let pending = try? Client.request(challenge: challenge, tokenKey: tokenKey, count: count),
            let id = pending.nonces.first
        else { throw IssuanceError.unsupported }
        let encoded = pending.encoded()?.withUnsafeBytes { Array($0) }
        let open = OpenRequest(pending, id: id, capability: capability, isStored: encoded != nil)
        if let encoded {
            var next = contents
            next.requests.append(try WalletContents.Request(capability: capability, encoded: encoded))
            try save(next)
        } else {
            unstored.append(open)
        }
        fetching.insert(id)
        return open
    }

    /// Claims a request of an issuer that no running fetch sees to, to be sent again.
    func claimRequest(of issuer: ServerName) throws(WalletError) -> OpenRequest? {
        if let open = unstored.first(where: { $0.challenge.issuerName.isSameServer(as: issuer) && claim($0.id) }) {
            return open
        }
        let claimed = contents.requests.first {
            $0.stored.challenge.issuerName.isSameServer(as: issuer) && claim($0.id)
        }
        guard let claimed else { return nil }
        do {
            return OpenRequest(
                try PendingTokens(restoring: SecretBytes(copying: claimed.encoded)), id: claimed.id,
                capability: claimed.capability, isStored: true)
        } catch {
            release(claimed.id)
            throw .corrupt
        }
    }

    /// Whether a request was free, and now is the caller's until ``release(_:)``.
    func claim(_ id: Nonce) -> Bool { fetching.insert(id).inserted }

    /// Leaves a request, if it is still on record, to a later fetch.
    func release(_ id: Nonce) { fetching.remove(id) }

    /// Puts tokens in the place of their request; no tokens if it will never be answered. One that was dropped
    /// meanwhile stays dropped.
    func finish(_ open: OpenRequest, tokens: [Token]) throws(WalletError) {
        var next = contents
        if open.isStored {
            guard contents.requests.contains(where: { $0.id == open.id }) else { return }
            next.requests.removeAll { $0.id == open.id }
            next.close(open.id, isAnswered: !tokens.isEmpty)
        } else {
            guard unstored.contains(where: { $0.id == open.id }) else { return }
        }
        if !tokens.isEmpty {
            next.add(tokens, capability: open.capability, challenge: open.challenge, tokenKey: open.tokenKey)
        }
        if open.isStored || !tokens.isEmpty { try save(next) }
        unstored.removeAll { $0.id == open.id }
    }
}
