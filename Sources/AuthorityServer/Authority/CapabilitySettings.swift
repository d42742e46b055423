package import AuthorityStore
package import KeySchedule
import KeyTransparency
package import PrivacyPass

/// What an authority is told about one capability.
package struct CapabilitySettings: Sendable, Hashable {
    /// What is promised about its keys, and published.
    package var terms: RotationTerms
    /// How many tokens one request may ask for; `nil` for what the server takes.
    package var batchSize: Int?
    /// How much is issued.
    package var limits: IssuanceLimits

    /// Whether the token type was asked for: where it was not, a capability keeps the one that it has.
    package var isTypeSaid: Bool

    /// Settings from their parts.
    package init(
        terms: RotationTerms, batchSize: Int? = nil, limits: IssuanceLimits = IssuanceLimits(), isTypeSaid: Bool = true
    ) {
        self.terms = terms
        self.batchSize = batchSize
        self.limits = limits
        self.isTypeSaid = isTypeSaid
    }

    /// The same, with the type that the capability has where no other was asked for.
    func keepingType(of present: RotationTerms?) -> CapabilitySettings {
        guard !isTypeSaid, let present, present.tokenType != terms.tokenType else { return self }
        let kept = RotationTerms(
            capability: terms.capability, tokenType: present.tokenType, epoch: terms.epoch,
            acceptance: terms.acceptance, announcement: terms.announcement, isDevelopment: terms.isDevelopment)
        guard let kept else { return self }
        var settings = self
        settings.terms = kept
        return settings
    }
}

extension Authority {
    /// Takes capabilities as they are configured: publishes terms that have changed, and sets the limits. Keys that are
    /// missing are made when the server runs.
    ///
    /// Terms under which the next key would come late, or more keys be live than may be beside those that there are,
    /// are not taken: nothing would be issued for a while. Answers the capabilities that go on under their earlier
    /// terms for that reason. Blocks; throws what a change of keys throws.
    ///
    /// Where a capability has got another type, the keys of its earlier one issue until their dates, and nothing
    /// follows them; until it gets that type again, and its keys go on. Where no type is asked for it keeps what it
    /// has.
    @discardableResult
    package func configure(_ capabilities: [CapabilitySettings]) throws -> [Capability] {
        let capabilities = capabilities.map { $0.keepingType(of: currentTerms(of: $0.terms.capability)) }
        let known = database.keyHistory.terms
        let new = capabilities.map(\.terms).filter { known[KeyHistory.Purpose($0.capability, $0.tokenType)] != $0 }
        let possible = new.filter(canFollow)
        if !possible.isEmpty { try change(possible.map { .terms($0) }, at: database.changeTime) }
        // Not where the new type's terms could not be taken: the keys there are go on.
        for terms in capabilities.map(\.terms) where !new.contains(terms) || possible.contains(terms) {
            try changeType(of: terms.capability, to: terms.tokenType)
        }
        database.setLimits(
            Dictionary(capabilities.map { ($0.terms.capability, $0.limits) }, uniquingKeysWith: { _, last in last }))
        return new.filter { !possible.contains($0) }.map(\.capability)
    }

    private func changeType(of capability: Capability, to tokenType: TokenType) throws {
        let last = lastKeys(of: capability)
        let others = last.filter { $0.record.tokenType != tokenType && !$0.isRetired }
        guard !others.isEmpty else { return }
        for key in others { _ = try database.retireKey(key.record.id) }
        // Retired by the change to the other type, and not by an admin: else no other would go on.
        if let own = last.first(where: { $0.record.tokenType == tokenType && $0.isRetired }) {
            _ = try database.resumeKey(own.record.id)
        }
        try reload()
    }

    /// The last key of each token type that a capability has or had: whether it is retired says whether others follow.
    private func lastKeys(of capability: Capability) -> [KeyStanding] {
        let keys = standings.filter { $0.record.capability == capability && !$0.isRevoked }
        return Dictionary(grouping: keys, by: \.record.tokenType).values.compactMap { keys in
            keys.max { $0.record.notBefore < $1.record.notBefore }
        }
    }

    /// Whether nothing follows the keys of a capability and token type.
    func isRetired(_ record: KeyRecord) -> Bool {
        lastKeys(of: record.capability).contains { $0.record.tokenType == record.tokenType && $0.isRetired }
    }

    private func canFollow(_ terms: RotationTerms) -> Bool {
        terms.isDevelopment
            || plan(terms).goesOn(
                limit: KeyHistory.maximumLiveKeys, limitAfterRevocation: KeyHistory.maximumLiveKeysAfterRevocation,
                from: time.now().wall)
    }
}
