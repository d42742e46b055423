public import PrivacyPass

extension Wallet {
    /// Where the tokens of a key are not sent, and why.
    public struct SetAside: Sendable, Hashable {
        /// The origin that said so; its word counts at no other.
        public let origin: ServerName
        /// What it said: one that ``RedemptionOutcome/Refusal/concernsKey``.
        public let reason: RedemptionOutcome.Refusal
    }

    /// Tokens that a spend found to be of no use at an origin.
    public struct Unusable: Sendable, Hashable {
        /// What they would be good for, if their issuer says so.
        public let capability: Capability?
        /// The key that made them.
        public let keyID: TokenKeyID
        /// How many there are, with the one that was sent.
        public let count: Int
        /// What the origin said.
        public let reason: RedemptionOutcome.Refusal
    }

    /// Lets the tokens of keys that `origin` refused be sent there again, and says how many there are.
    @discardableResult
    public func readmit(at origin: ServerName) throws(WalletError) -> Int {
        let keys = contents.setAside.filter { $0.origin.isSameServer(as: origin) }.map(\.keyID)
        guard !keys.isEmpty else { return 0 }
        var next = contents
        next.setAside.removeAll { $0.origin.isSameServer(as: origin) }
        try save(next)
        return keys.reduce(0) { $0 + contents.count(of: $1, at: origin) }
    }

    /// Notes the answer to a token that was sent: durably, all of it or nothing. Gives the tokens that are newly set
    /// aside: those of its key, or where the capability is revoked those of all its keys. A session that the token
    /// opened takes the place of an earlier one of its kind.
    func note(
        _ outcome: RedemptionOutcome, to nonce: Nonce, opening session: Session? = nil
    ) throws(WalletError) -> [Unusable] {
        guard let sent = contents.spendings.first(where: { $0.nonce == nonce }) else { return [] }
        let keyID = sent.token.input.keyID
        var next = contents
        if let session { next.keep(session, at: sent.origin) }
        if outcome.isFinal {
            next.spendings.removeAll { $0.nonce == nonce }
            // The origin knows the key by now.
            next.setAside.removeAll { $0.concerns(keyID, at: sent.origin) && $0.reason == .unknownKey }
        }
        guard let reason = outcome.keyRefusal else {
            if outcome.isFinal { try save(next) }
            return []
        }
        var unusable: [Unusable] = []
        for id in reason == .capabilityRevoked ? contents.keysOfCapability(of: keyID) : [keyID] {
            let isNew = !contents.setAside.contains { $0.concerns(id, at: sent.origin) }
            next.setAside.removeAll { $0.concerns(id, at: sent.origin) }
            next.setAside.append(WalletContents.SetAside(keyID: id, origin: sent.origin, reason: reason))
            guard isNew else { continue }
            unusable.append(
                Unusable(
                    capability: next.capability(of: id), keyID: id,
                    count: (id == keyID ? 1 : 0) + next.count(of: id, at: sent.origin), reason: reason))
        }
        try save(next)
        return unusable
    }
}

extension WalletContents {
    /// What the tokens of a key are good for, if their issuer said so.
    func capability(of keyID: TokenKeyID) -> Capability? { lots.first { $0.keyID == keyID }?.capability }

    /// A key, and then those other keys of its capability of which there are tokens.
    func keysOfCapability(of keyID: TokenKeyID) -> [TokenKeyID] {
        guard let capability = capability(of: keyID) else { return [keyID] }
        var ids = [keyID]
        for lot in lots where lot.capability == capability && !ids.contains(lot.keyID) { ids.append(lot.keyID) }
        return ids
    }

    /// How many tokens of a key could be spent at an origin.
    func count(of keyID: TokenKeyID, at origin: ServerName) -> Int {
        lots.reduce(0) { $0 + ($1.keyID == keyID && $1.challenge.allows(origin: origin) ? $1.count : 0) }
    }

    /// Keeps what was said of a key only while there are tokens of it.
    mutating func forgetIdleKeys() {
        guard !setAside.isEmpty || !recovered.isEmpty else { return }
        let held = Set(lots.map(\.keyID) + spendings.map(\.token.input.keyID))
        setAside.removeAll { !held.contains($0.keyID) }
        recovered.formIntersection(held)
    }
}
