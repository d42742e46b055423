public import KeySchedule
public import PrivacyPass
public import Revocation

/// Something about keys that a client could be affected by.
public enum KeyEvent: Sendable, Hashable {
    /// The terms of a capability from now on.
    case terms(RotationTerms)
    /// A new key, with all that is public about it.
    case announced(KeyRecord)
    /// A key's dates were changed.
    case rescheduled(KeyRecord)
    /// A key was revoked.
    case revoked(TokenKeyID, RevocationReason)
    /// A key's acceptance is over; how many tokens it issued.
    case ended(TokenKeyID, issued: UInt64)

    /// How many tokens of a key a clearing server saw spent, with the statement that it signed (a compact JSON Web
    /// Signature), after acceptance was over.
    case redeemed(TokenKeyID, count: UInt64, statement: String)
    /// A capability is revoked from a day on: no key of it issues then.
    case capabilityRevoked(Capability, from: UnixTime, RevocationReason)

    /// Whether it revokes a key or a capability.
    public var isRevocation: Bool {
        switch self {
        case .revoked, .capabilityRevoked: true
        case .terms, .announced, .rescheduled, .ended, .redeemed: false
        }
    }

    /// The key it is about; `nil` for terms and capabilities.
    public var keyID: TokenKeyID? {
        switch self {
        case .terms, .capabilityRevoked: nil
        case .announced(let record), .rescheduled(let record): record.id
        case .revoked(let id, _), .ended(let id, _), .redeemed(let id, _, _): id
        }
    }
}
