internal import HTTPTypes
public import Hummingbird
public import PortesVerifier
package import ServerSupport

/// Why ``SessionService`` opened no session, or let none in. The app answers it as a problem document (RFC 9457), with
/// challenges where a token or a session would help. Its description names no session and no token.
public struct SessionRefusal: HTTPResponseError, Hashable {
    /// What is wrong with the session; `nil` where there is none, where the token is what is refused, or where the
    /// service could not say.
    public let failure: SessionFailure?
    /// What is wrong with the token that was to open a session; `nil` where that is not it.
    public let tokenRefusal: PrivacyPassRefusal?
    package let problem: HTTPProblem

    init(_ failure: SessionFailure) {
        self.failure = failure
        tokenRefusal = nil
        problem = HTTPProblem(
            .unauthorized, name: failure.rawValue, title: failure.title, headers: Self.challenges(failure.error))
    }

    init(_ refusal: PrivacyPassRefusal) {
        failure = nil
        tokenRefusal = refusal
        problem = refusal.problem
    }

    init(_ problem: HTTPProblem) {
        failure = nil
        tokenRefusal = nil
        self.problem = problem
    }

    /// 401: there is no session in the request.
    static let sessionRequired = SessionRefusal(
        HTTPProblem(
            .unauthorized, name: "session-required", title: "A session is required", headers: challenges(nil)))

    /// 403: the session is of a capability that does not let anyone in here.
    static let wrongCapability = SessionRefusal(
        HTTPProblem(
            .forbidden, name: "wrong-session-capability", title: "The session is of another capability",
            headers: challenges("insufficient_scope")))

    /// The status of the answer: 401, 403 or 503.
    public var status: HTTPResponse.Status { problem.status }

    /// The answer.
    public func response(from request: Request, context: some RequestContext) throws -> Response { problem.response }

    /// Both ways of showing a session (RFC 6750, section 3; RFC 9449, section 7.1), and what is wrong.
    private static func challenges(_ error: String?) -> HTTPFields {
        let reason = error.map { "error=\"\($0)\"" }
        // A challenge has a parameter at least (RFC 6750, section 3).
        let realm = "realm=\"sessions\""
        var fields = HTTPFields()
        fields.append(HTTPField(name: .wwwAuthenticate, value: "Bearer \(realm)" + (reason.map { ", " + $0 } ?? "")))
        fields.append(
            HTTPField(name: .wwwAuthenticate, value: "DPoP \(realm), algs=\"EdDSA\"" + (reason.map { ", " + $0 } ?? "")))
        return fields
    }
}

extension HTTPProblem {
    /// 503: it cannot be read, or written, which sessions are closed.
    static let sessionsUnavailable = HTTPProblem.unavailable(
        name: "sessions-unavailable", title: "The service cannot say or record which sessions are closed", retryAfter: 5)
}

extension SessionFailure {
    /// The error code that OAuth clients know (RFC 6750, section 3.1; RFC 9449, section 7.1).
    fileprivate var error: String {
        switch self {
        case .malformed, .badSignature, .wrongAudience, .expired, .closed, .proofRequired: "invalid_token"
        case .badProof, .staleProof, .replayedProof: "invalid_dpop_proof"
        }
    }

    fileprivate var title: String {
        switch self {
        case .malformed: "This is no session"
        case .badSignature: "The session was not opened here"
        case .wrongAudience: "The session is another service's"
        case .expired: "The session has ended"
        case .closed: "The session was closed"
        case .proofRequired: "The session is bound to a key, whose proof is missing"
        case .badProof: "The proof is of another key, request or session"
        case .staleProof: "The proof was made at another time"
        case .replayedProof: "The proof came before"
        }
    }
}
