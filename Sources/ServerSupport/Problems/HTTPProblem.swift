package import HTTPTypes

/// A failure that a handler throws and the client receives as a problem document.
///
/// Title and detail go to the client: never put a token, a key, an address or an internal error in them.
package struct HTTPProblem: Error, Sendable, Hashable {
    /// The status of the response.
    package var status: HTTPResponse.Status
    /// The problem's stable name: lower case and hyphens; see ``ProblemDocument/typePrefix``.
    package var name: String
    /// A few words, the same for every problem of that name.
    package var title: String
    /// What is wrong with this very request, or nil.
    package var detail: String?
    /// Further header fields of the response, such as `WWW-Authenticate` or `Retry-After`.
    package var headers: HTTPFields

    /// Describes a problem.
    package init(
        _ status: HTTPResponse.Status, name: String, title: String, detail: String? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
        self.headers = headers
    }

    /// The document that the client receives.
    package var document: ProblemDocument {
        ProblemDocument(name: name, title: title, status: status, detail: detail)
    }
}

extension HTTPProblem {
    /// 400: the request is not what the route expects.
    package static func badRequest(_ detail: String? = nil) -> HTTPProblem {
        HTTPProblem(.badRequest, name: "bad-request", title: "The request is malformed", detail: detail)
    }

    /// 404: no such route.
    package static let notFound = HTTPProblem(.notFound, name: "not-found", title: "There is nothing at this path")

    /// 405: the path exists, the method does not; `allowed` becomes the `Allow` header (RFC 9110, section 15.5.6).
    package static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> HTTPProblem {
        HTTPProblem(
            .methodNotAllowed, name: "method-not-allowed", title: "The path does not know this method",
            headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
    }

    /// 408: the request took too long to arrive.
    package static let requestTimeout = HTTPProblem(
        .requestTimeout, name: "request-timeout", title: "The request took too long to arrive",
        headers: [.connection: "close"])

    /// 413: the body is larger than `limit` bytes.
    package static func contentTooLarge(limit: Int) -> HTTPProblem {
        HTTPProblem(
            .contentTooLarge, name: "content-too-large", title: "The request body is too large",
            detail: "the limit is \(limit) bytes")
    }

    /// 415: `accepted` are the media types the route takes, sent as `Accept` (RFC 9110, section 15.5.16).
    package static func unsupportedMediaType(accepted: [String]) -> HTTPProblem {
        HTTPProblem(
            .unsupportedMediaType, name: "unsupported-media-type", title: "The content type is not supported",
            headers: [.accept: accepted.joined(separator: ", ")])
    }

    /// 422: well-formed, but not something that can be processed.
    package static func unprocessable(_ detail: String? = nil) -> HTTPProblem {
        HTTPProblem(
            .unprocessableContent, name: "unprocessable-content", title: "The request cannot be processed",
            detail: detail)
    }

    /// 431: the header fields are larger than the server accepts.
    package static let headerTooLarge = HTTPProblem(
        .requestHeaderFieldsTooLarge, name: "header-too-large", title: "The header fields are too large",
        headers: [.connection: "close"])

    /// 500: something failed that is not the client's fault; says nothing about what.
    package static let internalError = HTTPProblem(
        .internalServerError, name: "internal-error", title: "The server failed to answer this request")

    /// 503: too much waits.
    package static let overloaded = HTTPProblem.unavailable(name: "overloaded", title: "The server is overloaded")

    /// 503: try again in `retryAfter` seconds, which becomes `Retry-After` (RFC 9110, section 10.2.3).
    package static func unavailable(
        name: String = "unavailable", title: String = "The server cannot answer at the moment", detail: String? = nil,
        retryAfter: Int = 1
    ) -> HTTPProblem {
        HTTPProblem(
            .serviceUnavailable, name: name, title: title, detail: detail, headers: [.retryAfter: String(retryAfter)])
    }
}
