import Attestation
import AuthorityServer
import AuthorityStore
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

    /// How accounts are opened; `nil` where no capability is given to accounts.
    static func accounts(
        _ section: ConfigurationFile.AuthoritySection?, for capabilities: [CapabilitySettings]
    ) throws -> AccountConfiguration? {
        let configuration = try section?.accounts?.configuration()
        guard capabilities.contains(where: { $0.limits.gates.contains(where: \.isOfAccounts) }) else {
            guard configuration == nil else {
                throw CommandFailure.usage(
                    "authority.accounts is set, and no capability is given to accounts",
                    hint: "add gates: [account] or gates: [statement] to one under authority.capabilities")
            }
            return nil
        }
        return configuration ?? AccountConfiguration()
    }

    /// How many unknown vouchers may come from one address in an hour.
    static func guesses(_ section: ConfigurationFile.AuthoritySection?) throws -> Int? {
        guard let guesses = section?.guessesPerHour, !(1...1_000_000).contains(guesses) else {
            return section?.guessesPerHour
        }
        throw CommandFailure.usage(
            "authority.guesses-per-hour does not take \(guesses)", hint: "give a number from 1 to 1000000")
    }

    /// What can be wrong with accounts: each throws for one part of them.
    static func accountChecks(
        _ section: ConfigurationFile.AuthoritySection, isReadable: @escaping (String?, String) throws -> Void
    ) -> [() throws -> Void] {
        let files = (section.accounts?.statements ?? []).enumerated().map { number, party in
            { try isReadable(party.jwksFile, "authority.accounts.statements[\(number)].jwks-file") }
        }
        let together = {
            // What is wrong with the parts is said of each of them.
            guard let capabilities = try? capabilities(section),
                (try? section.accounts?.configuration()) != nil || section.accounts == nil
            else { return }
            _ = try accounts(section, for: capabilities)
        }
        return [{ _ = try section.accounts?.configuration() }, together] + files
    }
}
