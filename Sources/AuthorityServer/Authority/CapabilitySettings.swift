package import AuthorityStore
package import KeySchedule
import KeyTransparency
import PrivacyPass

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
    /// missing are made when the server runs. Blocks; throws what a change of keys throws.
    package func configure(_ capabilities: [CapabilitySettings]) throws {
        let known = database.keyHistory.terms
        let changed = capabilities.map(\.terms).filter {
            known[KeyHistory.Purpose($0.capability, $0.tokenType)] != $0
        }
        if !changed.isEmpty { try change(changed.map { .terms($0) }) }
        database.setLimits(
            Dictionary(capabilities.map { ($0.terms.capability, $0.limits) }, uniquingKeysWith: { _, last in last }))
    }
}
