internal import Hummingbird
package import Logging

extension HTTPServer {
    /// A server of `GET /metrics` alone, for whoever scrapes on this machine; it does not announce its address.
    package static func ofMetrics(
        _ metrics: PrometheusMetrics, at address: ListenAddress, logger: Logger
    ) throws -> HTTPServer {
        let router = ServerRouter.make()
        router.addMetrics(metrics)
        var configuration = ServerConfiguration(address: address, limits: .local)
        configuration.announcesAddress = false
        return try HTTPServer(configuration: configuration, router: router, logger: logger)
    }
}
