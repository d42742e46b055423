import AuthorityStore
package import KeySchedule
import KeyTransparency
import PrivacyPass

extension Authority {
    /// What will happen to the keys of each capability until `days` from now, if nobody interferes.
    func planKeys(days: Int) -> KeyPlanSummary {
        let now = time.now().wall
        let terms = database.keyHistory.terms.values.sorted {
            ($0.capability, $0.tokenType.rawValue) < ($1.capability, $1.tokenType.rawValue)
        }
        return KeyPlanSummary(
            now: now,
            capabilities: terms.map { terms in
                let plan = plan(terms)
                let until = now.adding(seconds: Int64(days) * 86_400)
                return KeyPlanSummary.Capability(
                    name: terms.capability.name, tokenType: terms.tokenType.rawValue, epoch: terms.epoch, acceptance: terms.acceptance,
                    announcement: terms.announcement, isDevelopment: terms.isDevelopment, isRetired: plan.isRetired,
                    revokedFrom: plan.revokedFrom, nextKey: plan.nextDue(at: now),
                    steps: plan.timeline(from: now, until: until).map(KeyPlanSummary.Step.init))
            })
    }
}

/// What will happen to the keys, and when.
package struct KeyPlanSummary: Sendable, Hashable, Codable {
    /// When this was found out.
    package var now: UnixTime
    /// The capabilities, by name; one whose keys changed to another token type once for each type.
    package var capabilities: [Capability]

    /// What is planned for the keys of one token type for one capability.
    package struct Capability: Sendable, Hashable, Codable {
        /// The name.
        package var name: String
        /// The keys' token type.
        package var tokenType: UInt16
        /// For how many seconds a key issues.
        package var epoch: Int64
        /// For how many seconds its tokens are accepted after that.
        package var acceptance: Int64
        /// How many seconds before its first use a key is announced.
        package var announcement: Int64
        /// Whether nothing is promised about the keys.
        package var isDevelopment: Bool
        /// Whether no key follows those there are.
        package var isRetired: Bool
        /// From when the capability is revoked; `nil` if it is not.
        package var revokedFrom: UnixTime?
        /// When the next key is made; `nil` if none is.
        package var nextKey: UnixTime?
        /// What happens, in the order of time.
        package var steps: [Step]

        enum CodingKeys: String, CodingKey {
            case name, epoch, acceptance, announcement, steps
            case tokenType = "token-type"
            case isDevelopment = "development"
            case isRetired = "retired"
            case nextKey = "next-key"
            case revokedFrom = "revoked-from"
        }
    }

    /// Something that happens to a key.
    package struct Step: Sendable, Hashable, Codable {
        /// When.
        package var at: UnixTime
        /// What: `announced`, `issuing`, `issuing-ends`, `acceptance-ends` or `destroyed`.
        package var event: String
        /// The key's id, 64 hexadecimal digits; `nil` for one that is not made yet.
        package var keyID: String?
        /// Which of the keys that are not made yet it is, from 1; `nil` for one that is.
        package var future: Int?

        enum CodingKeys: String, CodingKey {
            case at, event, future
            case keyID = "key-id"
        }

        init(_ step: RotationPlan.Step) {
            at = step.time
            event =
                switch step.kind {
                case .announcement: "announced"
                case .issuing: "issuing"
                case .issuingEnds: "issuing-ends"
                case .acceptanceEnds: "acceptance-ends"
                case .destruction: "destroyed"
                }
            keyID = step.keyID?.hexadecimal
            future = step.future.map { $0 + 1 }
        }
    }
}
