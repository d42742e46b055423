internal import HTTPTypes
package import Hummingbird
package import Metrics
internal import Synchronization

/// Counts and times requests by route template and status class: `portes_http_requests_total{route,status}` and
/// `portes_http_request_duration_seconds{route}`.
package final class RequestMetrics: Sendable {
    private let factory: any MetricsFactory
    private let cache = Mutex<[String: RouteMetrics]>([:])

    private struct RouteMetrics {
        let duration: Timer
        let classes: [Counter]
    }

    /// Makes its metrics with `factory`.
    package init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Records an answer with status code `status` on `route`, which took `duration`.
    func record(route: String, status: Int, duration: Duration) {
        let metrics = metrics(for: route)
        let index = min(max(status / 100, 1), 5) - 1
        metrics.classes[index].increment()
        let (seconds, attoseconds) = duration.components
        metrics.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func metrics(for route: String) -> RouteMetrics {
        cache.withLock { cache in
            if let known = cache[route] { return known }
            let made = RouteMetrics(
                duration: Timer(
                    label: "portes_http_request_duration", dimensions: [("route", route)], factory: factory),
                classes: (1...5).map { index in
                    Counter(
                        label: "portes_http_requests", dimensions: [("route", route), ("status", "\(index)xx")],
                        factory: factory)
                })
            cache[route] = made
            return made
        }
    }
}

/// Records every request in ``RequestMetrics``. The label is the template of the route, never the path of the request.
struct RequestMetricsMiddleware<Context: RequestContext>: RouterMiddleware {
    let metrics: RequestMetrics

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        // ProblemMiddleware stands behind this one, so what it returns is what the client gets.
        let response = try await next(request, context)
        metrics.record(
            route: context.endpointPath ?? "NotFound", status: response.status.code, duration: .now - start)
        return response
    }
}

extension RouterMethods {
    /// Adds `GET /metrics` with everything in `metrics`. For the admin socket or a loopback port, not for the public.
    package func addMetrics(_ metrics: PrometheusMetrics) {
        get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.render())))
        }
    }
}
