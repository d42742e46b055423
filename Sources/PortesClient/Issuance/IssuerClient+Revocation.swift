public import PrivacyPass

/// What an issuer answered to a token whose holder gives it up.
public enum SurrenderOutcome: Sendable, Hashable {
    /// The token is on the published revocation list: from now on nobody can spend it.
    case revoked
    /// The token was worth nothing already, and is not on the list: why.
    case needless(Reason)
    /// The issuer says that it did not make the token, or not with a key that is in use.
    case refused

    /// Why a token is worth nothing.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Its key's time is over.
        case keyNoLongerAccepted = "key-no-longer-accepted"
        /// Its key is revoked.
        case keyRevoked = "key-revoked"
        /// Its capability is revoked.
        case capabilityRevoked = "capability-revoked"
    }
}

extension IssuerClient {
    /// Where issuers of this project take tokens to be revoked.
    static let revocationPath = "/revocations/tokens"

    /// Gives a token up, so that nobody who has a copy of it can spend it: one that was shown to somebody, or lies on a
    /// device that was lost.
    ///
    /// The token itself is the proof, and the issuer learns nothing else; that somebody revokes it now, it does learn,
    /// so do not do it over the connection on which tokens are fetched where that matters. Asking again changes
    /// nothing. Throws ``IssuanceError`` if no answer is known.
    public func revoke(_ token: Token) async throws(IssuanceError) -> SurrenderOutcome {
        let response = try await send(
            TransportRequest(
                .post, url: url.appending(path: Self.revocationPath),
                headers: [HeaderField("authorization", PrivateTokenCredentials(token: token).fieldValue)],
                maximumResponseCount: 64 * 1024))
        if response.status == 200 { return .revoked }
        guard response.status == 422, let name = Problem(response).name else { throw IssuanceError(response) }
        return SurrenderOutcome.Reason(rawValue: name).map { .needless($0) } ?? .refused
    }
}
