package import Hummingbird
package import HTTPTypes

/// Lets web pages of any origin call the given routes (Fetch standard, section 3.2).
///
/// Our routes take no cookies, so any origin may call them; the answer names the methods and header fields it takes,
/// and the header fields that a page may read besides those that every page may.
package struct CrossOriginMiddleware<Context: RequestContext>: RouterMiddleware {
    private let paths: Set<String>
    private let requestFields: String

    /// Opens the routes with these templates; `fields` are the request header fields of their own that pages may send.
    package init(paths: Set<String>, fields: [HTTPField.Name] = []) {
        self.paths = paths
        requestFields = ([.authorization, .contentType, .ifNoneMatch] + fields).map(\.rawName).joined(separator: ", ")
    }

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let path = context.endpointPath, paths.contains(path) else { return response }
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = "ETag, Portes-Problem, Retry-After, WWW-Authenticate"
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            response.headers[.accessControlAllowMethods] = response.headers[.allow]
            response.headers[.accessControlAllowHeaders] = requestFields
            response.headers[.accessControlMaxAge] = "86400"
        }
        return response
    }
}
