package import HTTPTypes
package import PortesVerifier
package import ServerSupport

/// How a redemption fails: the clearing server says it in the same words. Each name is stable.
extension HTTPProblem {
    /// 503: no keys were delivered yet, or none whose tokens are accepted.
    package static let notReady = HTTPProblem.unavailable(
        name: "not-ready", title: "The server has not got its keys yet", retryAfter: 2)

    /// 403: every capability whose tokens were accepted here is revoked, so that there is nothing to ask for.
    package static let nothingToAskFor = HTTPProblem(
        .forbidden, name: VerificationFailure.capabilityRevoked.rawValue,
        title: "What the server took tokens of is revoked")

    /// 503: the disk does not take what was spent; nothing that was acknowledged is lost.
    package static let storageUnavailable = HTTPProblem.unavailable(
        name: "storage-unavailable", title: "The server cannot record that the token is spent", retryAfter: 5)

    /// 401: no token was sent; the header fields say which are accepted.
    package static func tokenRequired(_ challenges: HTTPFields) -> HTTPProblem {
        HTTPProblem(
            .unauthorized, name: "token-required", title: "A token is required", headers: challenges)
    }

    /// 401: the token is of a capability that is not asked for here; it is unspent.
    package static func wrongCapability(_ challenges: HTTPFields) -> HTTPProblem {
        HTTPProblem(
            .unauthorized, name: "wrong-capability", title: "The token is of another capability", headers: challenges)
    }

    /// 409 or 401: the token was spent before.
    package static func alreadySpent(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> HTTPProblem {
        HTTPProblem(status, name: "already-spent", title: "The token was spent before", headers: headers)
    }

    /// 401 with challenges for a token that is not accepted, or 503 if that is this server's own fault.
    package static func refused(_ failure: VerificationFailure, challenges: HTTPFields) -> HTTPProblem {
        switch failure {
        case .revocationListStale:
            .unavailable(name: failure.rawValue, title: failure.title, retryAfter: 5)
        case .verifierRevoked:
            // Not soon, but the token is as good as before.
            .unavailable(name: failure.rawValue, title: failure.title, retryAfter: 3_600)
        default:
            HTTPProblem(.unauthorized, name: failure.rawValue, title: failure.title, headers: challenges)
        }
    }
}

extension VerificationFailure {
    /// The URI of the problem in answers.
    package var problemType: String { ProblemDocument.typePrefix + rawValue }

    fileprivate var title: String {
        switch self {
        case .malformed: "The token cannot be read"
        case .wrongTokenType: "The token is of another type"
        case .unknownKey: "The token's key is not known here"
        case .keyNotYetAccepted: "The token's key is not accepted yet"
        case .keyNoLongerAccepted: "The token's key is no longer accepted"
        case .ledgerLost: "The server has lost count of what was spent under the token's key"
        case .wrongChallenge: "The token was made for another challenge"
        case .badAuthenticator: "The token was not made by its key"
        case .tokenRevoked: "The token is revoked"
        case .keyRevoked: "The token's key is revoked"
        case .capabilityRevoked: "The token's capability is revoked"
        case .verifierRevoked: "The trust in this server is revoked: it verifies no tokens"
        case .revocationListStale: "The server's revocation list is too old to accept tokens"
        }
    }
}
