package import Hummingbird
package import HTTPTypes

/// Makes routers whose every answer, errors included, has the form this server promises.
package enum ServerRouter {
    /// A router with metrics, problem documents and cross-origin headers in front of whatever routes are added to it.
    ///
    /// - `metrics`: counts and times requests by route template; nil for none.
    /// - `crossOrigin`: the route templates that web pages of any origin may call, as given to `get` or `post`.
    /// - `crossOriginFields`: the request header fields that those pages may send, beside `Authorization`,
    ///   `Content-Type` and `If-None-Match`.
    package static func make(
        metrics: RequestMetrics? = nil, crossOrigin: Set<String> = [], crossOriginFields: [HTTPField.Name] = []
    ) -> Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        if let metrics { router.add(middleware: RequestMetricsMiddleware<ServerContext>(metrics: metrics)) }
        if !crossOrigin.isEmpty {
            router.add(middleware: CrossOriginMiddleware<ServerContext>(paths: crossOrigin, fields: crossOriginFields))
        }
        router.add(middleware: ProblemMiddleware<ServerContext>())
        return router
    }
}

extension Router {
    /// Adds what every known path owes its callers: `HEAD` where there is `GET`, `OPTIONS` with `Allow` (RFC 9110,
    /// section 9.3.7), and 405 with `Allow` for the other methods. ``HTTPServer`` calls it; call it once, after all
    /// routes.
    package func answerRemainingMethods() {
        var methods: [String: (path: RouterPath, known: Set<HTTPRequest.Method>)] = [:]
        for route in routes {
            methods[route.path.description, default: (route.path, [])].known.insert(route.method)
        }
        for (path, known) in methods.values {
            // The framework itself answers HEAD from GET.
            let answered = known.contains(.get) ? known.union([.head]) : known
            let allowed = answered.union([.options]).sorted { $0.rawValue < $1.rawValue }
            if !known.contains(.options) {
                on(path, method: .options) { _, _ in
                    Response(status: .noContent, headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
                }
            }
            for method in Self.knownMethods where !answered.contains(method) {
                on(path, method: method) { _, _ -> Response in throw HTTPProblem.methodNotAllowed(allowed) }
            }
        }
    }

    /// Every method that gets its 405; ``HTTPServer`` treats one that is not among them as TRACE, which no route takes.
    static var knownMethods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .trace] }
}
