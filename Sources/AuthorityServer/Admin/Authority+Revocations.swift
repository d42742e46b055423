import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation

extension Authority {
    func revokeToken(_ nullifier: String, keyID: String, reason: String) throws -> RevocationSummary {
        guard let nullifier = Hexadecimal.decode(nullifier).flatMap({ Nullifier($0) }) else {
            throw AdminRefusal("a nullifier has 32 hexadecimal digits")
        }
        let key = try storedKey(keyID)
        return try revoke(.token(nullifier, key.record.id), reason: reason)
    }

    func listRevocations(after: UInt64) throws -> [RevocationSummary] {
        try database.revocations(after: after, limit: RevocationDelta.maximumEntryCount).entries
            .map(RevocationSummary.init)
    }

    func revokeCapability(_ name: String, from day: UnixTime, reason: String) throws -> RevocationSummary {
        let capability = try Self.capability(name)
        // For good and in public: not for a name that was only misspelt.
        let known = Set(database.keyHistory.terms.keys.map(\.capability))
        guard known.contains(capability) else {
            let names = known.map(\.name).sorted().joined(separator: ", ")
            throw AdminRefusal(
                "this authority never had a key of \(name)",
                hint: names.isEmpty ? "see portes key list" : "its capabilities are \(names)")
        }
        let event = KeyEvent.capabilityRevoked(capability, from: day.startOfDay, try Self.reason(reason))
        guard let entry = try change([event], at: database.changeTime).revocation else {
            throw AdminRefusal("\(capability) was not revoked")
        }
        return RevocationSummary(entry)
    }

    /// Revokes the trust in the verifier of this name or id.
    func revokeVerifier(_ name: String, reason: String) throws -> RevocationSummary {
        let known = try database.verifiers().first { $0.name == name }
        guard let id = known?.id ?? VerifierID(text: name) else {
            throw AdminRefusal(
                "no verifier that is trusted is called \(name)",
                hint: "see portes verifier list, and portes revocation list; one that was removed is revoked by its id")
        }
        return try revoke(.verifier(id), reason: reason)
    }

    /// Appends to the list, and has the head signed.
    private func revoke(_ subject: RevocationEntry.Subject, reason: String) throws -> RevocationSummary {
        let entry = try database.revoke(subject, reason: Self.reason(reason))
        growth.send()
        return RevocationSummary(entry)
    }
}
