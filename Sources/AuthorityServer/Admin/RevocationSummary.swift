package import KeySchedule
import PrivacyPass
package import Revocation

/// A published revocation as an admin sees it, and as `POST /revocations/tokens` answers.
package struct RevocationSummary: Sendable, Hashable, Codable {
    /// The place in the list, from 1.
    package var sequence: UInt64
    /// `key`, `token`, `capability` or `verifier`.
    package var kind: String
    /// The key's id, 64 hexadecimal digits; for a key and a token.
    package var keyID: String?
    /// The token's nullifier, 32 hexadecimal digits; for a token.
    package var nullifier: String?
    /// The capability's name; for a capability.
    package var capability: String?
    /// The verifier's id, 43 characters of base64url; for a verifier.
    package var verifier: String?
    /// The reason's name.
    package var reason: String
    /// Since when, or for a capability from when, to the day.
    package var effective: UnixTime

    enum CodingKeys: String, CodingKey {
        case sequence, kind, nullifier, capability, verifier, reason, effective
        case keyID = "key-id"
    }

    /// What an entry says.
    package init(_ entry: RevocationEntry) {
        sequence = entry.sequence
        reason = entry.reason.name
        effective = entry.effective
        switch entry.subject {
        case .key(let id): (kind, keyID) = ("key", id.hexadecimal)
        case .token(let nullifier, let id):
            (kind, keyID, self.nullifier) = ("token", id.hexadecimal, Hexadecimal.encode(nullifier.bytes))
        case .capability(let capability): (kind, self.capability) = ("capability", capability.name)
        case .verifier(let id): (kind, verifier) = ("verifier", id.text)
        }
    }
}
