package import JOSE
package import Revocation

/// Why something that the authority sent, or that came in its name, was refused.
package enum ReplicationError: Error, Sendable, Hashable {
    /// No authority is pinned, so that nobody can deliver anything.
    case noAuthority
    /// A document is not signed by the authority as it should be.
    case signature(JSONWebSignature.VerificationError)
    /// The delivery is for another clearing server.
    case anotherVerifier
    /// The issuer's name is not a host with an optional port.
    case invalidIssuer
    /// The delivery is older than one that was taken.
    case rollback
    /// A key cannot be opened with this server's identity.
    case sealedForAnother
    /// A secret is not that of the key that it came with.
    case wrongSecret
    /// No keys were delivered yet, so that nothing tells who signs the revocation list.
    case nothingDelivered
    /// The revocation list contradicts itself or what is known of it.
    case revocation(RevocationError)
}

extension ReplicationError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .noAuthority: "no authority is pinned yet"
        case .signature(.unknownKey): "signed by another key than the one pinned or announced"
        case .signature: "not signed as it should be"
        case .anotherVerifier: "the keys are for another clearing server"
        case .invalidIssuer: "the issuer's name is not a host with an optional port"
        case .rollback: "the keys are older than those taken before"
        case .sealedForAnother: "a key is not sealed to this server's identity"
        case .wrongSecret: "a secret does not belong to the key it came with"
        case .nothingDelivered: "no keys were delivered yet"
        case .revocation(.malformed): "the revocation list cannot be read"
        case .revocation(.invalidSignature): "the revocation list is not signed as it should be"
        case .revocation(.wrongIssuer): "the revocation list is of another issuer"
        case .revocation(.tooLong): "the revocation list is longer than this server takes"
        case .revocation(.gap): "entries of the revocation list are missing"
        case .revocation(.fork): "the revocation list contradicts what was known of it"
        case .revocation(.rollback): "the revocation list is older than what was known of it"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .noAuthority, .signature(.unknownKey): "compare the pinned key with what portes authority show prints"
        case .anotherVerifier, .sealedForAnother:
            "trust this server at the authority with what portes clearing identity prints"
        case .rollback, .revocation(.fork), .revocation(.rollback):
            "if the authority was restored from a backup, restore a later one"
        case .signature, .invalidIssuer, .wrongSecret, .nothingDelivered, .revocation: nil
        }
    }
}
