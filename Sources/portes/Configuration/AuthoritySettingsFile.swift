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
        guard let twice = names.first(where: { name in names.count { $0 == name } > 1 }) else { return settings }
        throw CommandFailure.usage(
            "authority.capabilities names \(twice) twice", hint: "write each capability once")
    }
}
