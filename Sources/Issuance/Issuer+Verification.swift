package import KeySchedule
package import PrivacyPass

extension Issuer {
    /// Why a token is not one of this issuer's that could still be spent. The names are those that origins use.
    package enum TokenRefusal: String, Error, Sendable, Hashable, CaseIterable {
        /// The token is of another type than its key.
        case wrongTokenType = "wrong-token-type"
        /// No key of this id is here.
        case unknownKey = "unknown-key"
        /// The key does not issue yet.
        case keyNotYetAccepted = "key-not-yet-accepted"
        /// The key's tokens are no longer accepted.
        case keyNoLongerAccepted = "key-no-longer-accepted"
        /// The key is revoked, and with it all its tokens.
        case keyRevoked = "key-revoked"
        /// The capability is revoked, and with it all its tokens.
        case capabilityRevoked = "capability-revoked"
        /// The key did not make the authenticator.
        case badAuthenticator = "bad-authenticator"
    }

    /// Checks that a token was made by a key whose tokens are accepted at `time`; whether it was spent is not known
    /// here, nor for which challenge it is. Takes some 100 µs; constant-time in secret and authenticator where there
    /// are secrets in it.
    package func verify(_ token: Token, at time: UnixTime) throws(TokenRefusal) {
        let input = token.input
        guard let record = records.first(where: { $0.id == input.keyID }) else { throw .unknownKey }
        guard record.tokenType == input.tokenType else { throw .wrongTokenType }
        switch state(of: record, at: time) {
        case .announced: throw .keyNotYetAccepted
        case .issuing, .accepting: break
        case .ended: throw .keyNoLongerAccepted
        case .revoked: throw isRevoked(record.id) ? .keyRevoked : .capabilityRevoked
        }
        guard let secret = secret(of: record.id) else { throw .unknownKey }
        guard secret.privateKey.made(token.authenticator, over: input.encoded) else { throw .badAuthenticator }
    }
}
