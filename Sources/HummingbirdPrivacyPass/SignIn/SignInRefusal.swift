public import HTTPTypes
public import Hummingbird
public import PortesVerifier
internal import ServerSupport

/// Why a ``SignInService`` let nobody in. The app answers it as a problem document (RFC 9457) that names nobody.
public struct SignInRefusal: HTTPResponseError, Hashable {
    /// What is wrong with the answer; `nil` where the service itself could not say, or could not read the request.
    public let failure: SignInFailure?
    private let problem: HTTPProblem

    init(_ failure: SignInFailure) {
        self.failure = failure
        problem = HTTPProblem(failure.status, name: failure.rawValue, title: failure.title)
    }

    init(_ problem: HTTPProblem) {
        failure = nil
        self.problem = problem
    }

    /// The status of the answer: 400, 401, 403, 404, 409, 413 or 503.
    public var status: HTTPResponse.Status { problem.status }

    /// The answer.
    public func response(from request: Request, context: some RequestContext) throws -> Response { problem.response }
}

extension HTTPProblem {
    /// 503: the disk does not take it, or it is not known whether it did. The same answer tells.
    static let accountsUnavailable = HTTPProblem.unavailable(
        name: "accounts-unavailable", title: "The service cannot record that somebody signed in", retryAfter: 5)
}

extension SignInFailure {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .wrongAudience, .wrongPurpose, .superseded: .forbidden
        case .unknownChallenge, .expired, .badSignature: .unauthorized
        case .replayed: .conflict
        case .unknownAccount: .notFound
        }
    }

    fileprivate var title: String {
        switch self {
        case .malformed: "This is no answer to a challenge"
        case .wrongAudience: "The answer was given to another service"
        case .wrongPurpose: "The answer was given for another purpose"
        case .unknownChallenge: "The challenge is not one of this service"
        case .expired: "The challenge is over"
        case .badSignature: "The answer is not signed by its key"
        case .replayed: "The challenge was answered before"
        case .superseded: "The key was replaced by another"
        case .unknownAccount: "There is no such account"
        }
    }
}
