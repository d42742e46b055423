import AuthorityServer
import KeySchedule

/// What the authority's part of `portes.yaml` says about capabilities.
enum AuthoritySettingsFile {
    /// The capabilities with all that is said or assumed about them; throws for the first that cannot be right.
    static func capabilities(_ section: ConfigurationFile.AuthoritySection?) throws -> [CapabilitySettings] {
        let settings = try (section?.capabilities ?? []).enumerated().map { number, terms in
            try terms.settings(at: "authority.capabilities[\(number)]")
        }
        let names = settings.map(\.terms.capability)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw CommandFailure.usage(
                "authority.capabilities names \(twice) twice", hint: "write each capability once")
        }
        let kept = settings.reduce(0) { $0 + $1.terms.keptKeyCount }
        guard kept <= RotationTerms.maximumKeptKeys else {
            throw CommandFailure.usage(
                "with these capabilities \(kept) keys would be kept at a time, and requests tell no more than "
                    + "\(RotationTerms.maximumKeptKeys) apart",
                hint: "make the epochs longer, above all those of minutes, or name fewer capabilities")
        }
        return settings
    }
}
