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

    /// Settings from their parts.
    package init(terms: RotationTerms, batchSize: Int? = nil, limits: IssuanceLimits = IssuanceLimits()) {
        self.terms = terms
        self.batchSize = batchSize
        self.limits = limits
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
    /// follows them.
    @discardableResult
    package func configure(_ capabilities: [CapabilitySettings]) throws -> [Capability] {
        let known = database.keyHistory.terms
        let new = capabilities.map(\.terms).filter { known[KeyHistory.Purpose($0.capability, $0.tokenType)] != $0 }
        let possible = new.filter(canFollow)
        if !possible.isEmpty { try change(possible.map { .terms($0) }, at: database.changeTime) }
        // Not where the new type's terms could not be taken: the keys there are go on.
        for terms in capabilities.map(\.terms) where !new.contains(terms) || possible.contains(terms) {
            try retireKeys(of: terms.capability, but: terms.tokenType)
        }
        database.setLimits(
            Dictionary(capabilities.map { ($0.terms.capability, $0.limits) }, uniquingKeysWith: { _, last in last }))
        return new.filter { !possible.contains($0) }.map(\.capability)
    }

    private func retireKeys(of capability: Capability, but tokenType: TokenType) throws {
        let others = standings.filter { $0.record.capability == capability && $0.record.tokenType != tokenType }
        for (_, keys) in Dictionary(grouping: others, by: \.record.tokenType) {
            guard let last = keys.filter({ !$0.isRevoked }).max(by: { $0.record.notBefore < $1.record.notBefore }),
                !last.isRetired
            else { continue }
            _ = try database.retireKey(last.record.id)
            try reload()
        }
    }

    private func canFollow(_ terms: RotationTerms) -> Bool {
        terms.isDevelopment
            || plan(terms).goesOn(
                limit: KeyHistory.maximumLiveKeys, limitAfterRevocation: KeyHistory.maximumLiveKeysAfterRevocation,
                from: time.now().wall)
    }
}
