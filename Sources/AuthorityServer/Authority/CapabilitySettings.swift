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
    /// Terms under which the next key would come late, or more keys be live than may be beside those that there are, are
    /// not taken: nothing would be issued for a while. Answers the capabilities that go on under their earlier
    /// terms for that reason. Blocks; throws what a change of keys throws.
    @discardableResult
    package func configure(_ capabilities: [CapabilitySettings]) throws -> [Capability] {
        let known = database.keyHistory.terms
        let new = capabilities.map(\.terms).filter { known[KeyHistory.Purpose($0.capability, $0.tokenType)] != $0 }
        let possible = new.filter(canFollow)
        if !possible.isEmpty { try change(possible.map { .terms($0) }, at: database.changeTime) }
        database.setLimits(
            Dictionary(capabilities.map { ($0.terms.capability, $0.limits) }, uniquingKeysWith: { _, last in last }))
        return new.filter { !possible.contains($0) }.map(\.capability)
    }

    private func canFollow(_ terms: RotationTerms) -> Bool {
        terms.isDevelopment
            || plan(terms).goesOn(
                limit: KeyHistory.maximumLiveKeys, limitAfterRevocation: KeyHistory.maximumLiveKeysAfterRevocation,
                from: time.now().wall)
    }
}
