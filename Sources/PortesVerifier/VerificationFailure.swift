/// Why a token was not accepted. A closed set, with names that stay the same from version to version.
public enum VerificationFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// The bytes are not a token.
    case malformed
    /// The token is of a type that is not verified here, or not of its key's type.
    case wrongTokenType = "wrong-token-type"
    /// No key with the token's full key id is known here.
    case unknownKey = "unknown-key"
    /// The key has not begun to issue.
    case keyNotYetAccepted = "key-not-yet-accepted"
    /// The key's acceptance has ended.
    case keyNoLongerAccepted = "key-no-longer-accepted"
    /// This server has lost count of what was spent under the key: for good, none of its tokens is accepted here.
    case ledgerLost = "ledger-lost"
    /// The token was made for another challenge: another origin, issuer or occasion.
    case wrongChallenge = "wrong-challenge"
    /// The key did not make the authenticator.
    case badAuthenticator = "bad-authenticator"
    /// The token itself is on the revocation list; others of its key are good.
    case tokenRevoked = "token-revoked"
    /// The token's key is on the revocation list, and so no token of it is good.
    case keyRevoked = "key-revoked"
    /// The token's capability is revoked, whatever its key.
    case capabilityRevoked = "capability-revoked"
    /// The trust in this server is revoked: it verifies nothing any more. It says nothing of the token.
    case verifierRevoked = "verifier-revoked"
    /// The revocation list is older than the capability allows, so that nothing can be said.
    case revocationListStale = "revocation-list-stale"
}
