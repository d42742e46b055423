public import HTTPTypes
public import Hummingbird
public import PortesVerifier
internal import ServerSupport

/// Why ``PrivacyPassMiddleware`` let a request not in. The app answers it as a problem document (RFC 9457), with
/// challenges where a token would help.
///
/// Its description names no token. An app that wants a page of its own catches it in a middleware before.
public struct PrivacyPassRefusal: HTTPResponseError, Hashable {
    /// Why, a closed set.
    public enum Reason: Sendable, Hashable {
        /// 401: no token was sent.
        case tokenRequired
        /// 401: the token is not accepted; 503 where that is this server's own fault: its revocation list is too old,
        /// or the trust in it is revoked.
        case notAccepted(VerificationFailure)
        /// 401: the token is of a capability that this route does not accept. It is unspent.
        case wrongCapability
        /// 401: the token was spent before.
        case alreadySpent
        /// 503: no key is here whose tokens are accepted.
        case notReady
        /// 403: what was accepted here is revoked, so that no token would help.
        case nothingToAskFor
        /// 503: too much waits; the token is unspent.
        case overloaded
        /// 503: the ledger failed; the token may be spent.
        case ledgerUnavailable
    }

    /// Why.
    public let reason: Reason
    let problem: HTTPProblem

    init(_ reason: Reason, challenges: [String] = []) {
        self.reason = reason
        var fields = HTTPFields()
        for value in challenges { fields.append(HTTPField(name: .wwwAuthenticate, value: value)) }
        problem =
            switch reason {
            case .tokenRequired: .tokenRequired(fields)
            case .notAccepted(let failure): .refused(failure, challenges: fields)
            case .wrongCapability: .wrongCapability(fields)
            case .alreadySpent: .alreadySpent(.unauthorized, headers: fields)
            case .notReady: .notReady
            case .nothingToAskFor: .nothingToAskFor
            case .overloaded: .overloaded
            case .ledgerUnavailable: .storageUnavailable
            }
    }

    /// The status of the answer: 401, 403 or 503.
    public var status: HTTPResponse.Status { problem.status }

    /// The answer.
    public func response(from request: Request, context: some RequestContext) throws -> Response { problem.response }
}
