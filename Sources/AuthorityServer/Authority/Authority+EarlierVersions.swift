import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation

extension Authority {
    /// Begins the key log of an authority that has keys from before there was one: with the keys that issue or will,
    /// with terms that promise no more than these keys keep, and with the end of what is to end.
    ///
    /// Keys that only accept are left out: no client asks for tokens under them.
    static func logKeysOfEarlierVersions(_ database: AuthorityDatabase, at now: UnixTime) throws {
        guard database.keyHistory.size == 0 else { return }
        let open = try database.keys().filter { [.announced, .issuing].contains($0.state(at: now)) }.map(\.record)
        let byPurpose = Dictionary(grouping: open) { KeyHistory.Purpose($0.capability, $0.tokenType) }
        for purpose in byPurpose.keys.sorted(by: { $0.capability < $1.capability }) {
            let records = (byPurpose[purpose] ?? []).sorted { $0.notBefore < $1.notBefore }
            guard let terms = terms(keptBy: records, of: purpose) else { continue }
            try database.beginKeyLog(terms, with: records)
        }
        let known = Set(byPurpose.keys.map(\.capability))
        for (capability, day) in try database.revokedCapabilities() where known.contains(capability) {
            try database.changeKeys([.capabilityRevoked(capability, from: day, .unspecified)])
        }
    }

    private static func terms(keptBy records: [KeyRecord], of purpose: KeyHistory.Purpose) -> RotationTerms? {
        RotationTerms(
            capability: purpose.capability, tokenType: purpose.tokenType,
            epoch: max(1, records.map { $0.issueUntil.seconds(since: $0.notBefore) }.min() ?? 1),
            acceptance: records.map { $0.acceptUntil.seconds(since: $0.issueUntil) }.min() ?? 0, announcement: 0)
    }
}
