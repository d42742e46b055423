package import Hummingbird
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

extension HTTPProblem {
    /// The response that carries the problem document, and its name in a header field as well: whoever hands on the
    /// status alone, as a reverse proxy with error pages of its own does, can hand on that.
    package var response: Response {
        var headers = headers
        headers[.contentType] = ProblemDocument.mediaType
        headers[.cacheControl] = "no-store"
        headers[.portesProblem] = name
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: document.encoded()))
        return Response(status: status, headers: headers, body: body)
    }

    /// What the client is told of `error`: a thrown ``HTTPProblem`` as it is, the framework's own errors by their
    /// status, and anything else as an internal error that says nothing about its cause.
    package init(describing error: any Error) {
        switch error {
        case let problem as HTTPProblem: self = problem
        case is CancellationError: self = .shuttingDown
        case is NIOTooManyBytesError: self = HTTPProblem(status: .contentTooLarge)
        case HTTPParserError.headerOverflow: self = .headerTooLarge
        case is HTTPParserError: self = .malformedMessage
        case let failure as any HTTPResponseError: self = HTTPProblem(status: failure.status)
        default: self = .internalError
        }
    }

    /// The plain problem for a status that the framework chose.
    init(status: HTTPResponse.Status) {
        switch status {
        case .notFound: self = .notFound
        case .internalServerError: self = .internalError
        default:
            let title = status.reasonPhrase.isEmpty ? "The request failed" : status.reasonPhrase
            let name = title.lowercased().split(separator: " ").joined(separator: "-")
            self.init(status, name: name, title: title)
        }
    }

    /// 503 for a request that the server's end cut off.
    static let shuttingDown = HTTPProblem(
        .serviceUnavailable, name: "shutting-down", title: "The server is shutting down",
        headers: [.retryAfter: "1", .connection: "close"])

    /// 400 for bytes that are no HTTP message; the connection cannot be used any further.
    static let malformedMessage = HTTPProblem(
        .badRequest, name: "malformed-message", title: "The request is not valid HTTP", headers: [.connection: "close"])
}
