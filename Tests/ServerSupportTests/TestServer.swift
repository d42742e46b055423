import Hummingbird
import Logging
import ServerSupport
import ServiceLifecycle

/// Runs a server on a loopback port for as long as `body` runs.
func withServer<T: Sendable>(
    _ router: Router<ServerContext>, limits: ConnectionLimits = ConnectionLimits(), tls: TLSFiles? = nil,
    metrics: PrometheusMetrics? = nil, _ body: @escaping @Sendable (Int) async throws -> T
) async throws -> T {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try HTTPServer(
        configuration: ServerConfiguration(
            address: ListenAddress(host: "127.0.0.1", port: 0), tls: tls, limits: limits,
            shutdownDuration: .seconds(2)),
        router: router, metrics: metrics, logger: logger)
    let group = ServiceGroup(services: [server], logger: logger)
    return try await withThrowingTaskGroup(of: T?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        tasks.addTask {
            let result: Result<T, any Error>
            do { result = .success(try await body(server.port)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            return try result.get()
        }
        var answer: T?
        for try await value in tasks { answer = value ?? answer }
        guard let answer else { throw CancellationError() }
        return answer
    }
}
