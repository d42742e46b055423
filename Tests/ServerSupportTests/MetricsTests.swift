import Hummingbird
import Metrics
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
    @Test func theTextIsInPrometheusFormat() {
        let metrics = PrometheusMetrics()
        Counter(label: "portes.tokens", dimensions: [("capability", "a\"b\\c\nd")], factory: metrics).increment(by: 3)
        Counter(label: "portes_spends_total", factory: metrics).increment()
        let gauge = Gauge(label: "queue", factory: metrics)
        gauge.record(7)
        gauge.record(5)
        Meter(label: "open", factory: metrics).increment(by: 2)
        let timer = Timer(label: "wait", factory: metrics)
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(20_000_000_000)
        let text = metrics.render()
        #expect(
            text.contains("# TYPE portes_tokens_total counter\nportes_tokens_total{capability=\"a\\\"b\\\\c\\nd\"} 3\n")
        )
        #expect(text.contains("portes_spends_total 1\n"))
        #expect(text.contains("# TYPE queue gauge\nqueue 5\n"))
        #expect(text.contains("open 2\n"))
        #expect(text.contains("# TYPE wait_seconds histogram\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"0.0025\"} 0\nwait_seconds_bucket{le=\"0.005\"} 1\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"10\"} 1\nwait_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("wait_seconds_sum 20.003\nwait_seconds_count 2\n"))
    }

    @Test func theSameNameAndLabelsAreTheSameSeries() {
        let metrics = PrometheusMetrics()
        for _ in 0..<3 { Counter(label: "a", dimensions: [("b", "c")], factory: metrics).increment() }
        #expect(metrics.render().contains("a_total{b=\"c\"} 3\n"))
    }

    @Test func labelsOutsideAClosedSetCannotFillTheMemory() {
        let metrics = PrometheusMetrics()
        for index in 0..<2000 { Counter(label: "a", dimensions: [("b", "\(index)")], factory: metrics).increment() }
        let text = metrics.render()
        #expect(text.split(separator: "\n").count < PrometheusMetrics.maximumSeries + 10)
        #expect(text.contains("portes_metrics_dropped_total 1000\n"))
    }

    @Test func requestsAreCountedByTemplateAndStatusClassOnly() async throws {
        let metrics = PrometheusMetrics()
        let router = ServerRouter.make(metrics: RequestMetrics(factory: metrics))
        router.get("/things/:id") { _, _ in "thing" }
        router.get("/fail") { _, _ -> Response in throw HTTPProblem.internalError }
        router.addMetrics(metrics)
        let text = try await withServer(router, metrics: metrics) { port in
            try await withConnection(to: port) { connection in
                for path in ["/things/secret-1", "/things/secret-2", "/fail", "/secret-3"] {
                    connection.received = ""
                    await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = await connection.read(until: "\r\n\r\n")
                }
                await connection.send("PROPFIND /things/secret-4 HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await connection.read(until: "405")
                await connection.send("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return await connection.readToEnd()
            }
        }
        #expect(text.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(text.contains("portes_http_requests_total{route=\"/things/{id}\",status=\"2xx\"} 2\n"))
        #expect(text.contains("portes_http_requests_total{route=\"/fail\",status=\"5xx\"} 1\n"))
        #expect(text.contains("portes_http_requests_total{route=\"NotFound\",status=\"4xx\"} 1\n"))
        #expect(text.contains("portes_http_request_duration_seconds_count{route=\"/things/{id}\"}"))
        #expect(text.contains("portes_http_connections 1\n"))
        #expect(!metrics.render().lowercased().contains("secret"))
    }
}
