package import Hummingbird
internal import Logging

/// Turns every error that a handler throws into a problem document: the one place where this happens.
///
/// ``ServerRouter`` puts it in front of all routes, so that a handler throws ``HTTPProblem`` and nothing else is
/// needed.
package struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Makes the middleware.
    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = HTTPProblem(describing: error)
            // The type of an unexpected error helps the admin; its text could quote the request.
            if problem == .internalError {
                context.logger.error("a handler failed", metadata: ["error": "\(type(of: error))"])
            }
            return problem.response
        }
    }
}
