import Hummingbird
import NIOCore
import NIOPosix
import ServerSupport
import Testing

/// Each way of being slow ends by its own deadline; the deadlines are short here.
@Suite(.timeLimit(.minutes(5))) struct SlowClientTests {
    private static let post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"

    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 2000)))
        }
        router.post("/deaf") { _, _ in "not listening" }
        router.get("/hello") { _, _ in "hello" }
        router.get("/large") { _, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: 32 << 20)))
        }
        return router
    }

    /// Runs `client` against a server whose other limits are out of the way, and checks why it was cut.
    private func expectCut(
        _ reason: String, leaving name: WritableKeyPath<ConnectionLimits, Duration>,
        at deadline: Duration = .milliseconds(400),
        client: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        let metrics = PrometheusMetrics()
        var limits = ConnectionLimits()
        for path in [\ConnectionLimits.headDeadline, \.bodyDeadline, \.responseDeadline, \.idleTimeout] {
            limits[keyPath: path] = .seconds(60)
        }
        limits.lingerDuration = .milliseconds(100)
        limits[keyPath: name] = deadline
        try await withServer(Self.router(), limits: limits, metrics: metrics) { port in
            try await withConnection(to: port) { try await client(&$0) }
            #expect(try await eventually { metrics.render().contains("portes_http_connections 0\n") })
        }
        #expect(metrics.render().contains("portes_http_connections_cut_total{reason=\"\(reason)\"} 1\n"))
    }

    @Test func aSilentConnectionIsClosed() async throws {
        try await expectCut("head", leaving: \.headDeadline) { connection in
            #expect(await connection.readToEnd().isEmpty)
        }
    }

    @Test func aHeadThatTricklesIsClosed() async throws {
        try await expectCut("head", leaving: \.headDeadline) { connection in
            await connection.send("GET /hello HTTP/1.1\r\nX: ")
            while await connection.send("a") { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func aSecondHeadThatTricklesIsClosed() async throws {
        // The first head has to arrive in time even on a busy machine.
        try await expectCut("head", leaving: \.headDeadline, at: .seconds(2)) { connection in
            await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.read(until: "hello"))
            await connection.send("GET /hello HTTP/1.1\r\nX: ")
            while await connection.send("a") { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func aBodyThatTricklesIsAnsweredWith408AndClosed() async throws {
        let metrics = PrometheusMetrics()
        var limits = ConnectionLimits()
        limits.bodyDeadline = .milliseconds(400)
        try await withServer(Self.router(), limits: limits, metrics: metrics) { port in
            try await withConnection(to: port) { connection in
                await connection.send(Self.post)
                for _ in 0..<1_000 {
                    guard await connection.send("a") else { break }
                    try await Task.sleep(for: .milliseconds(10))
                    if connection.channel.isActive == false { break }
                }
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
                #expect(answer.contains("urn:portes:problem:request-timeout"))
                #expect(answer.lowercased().contains("connection: close"))
            }
            #expect(try await eventually { metrics.render().contains("portes_http_connections 0\n") })
        }
    }

    @Test func aBodyThatTricklesPastAnEarlyAnswerIsClosed() async throws {
        // The answer has to come in time even on a busy machine.
        try await expectCut("body", leaving: \.bodyDeadline, at: .seconds(2)) { connection in
            await connection.send("POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            #expect(await connection.read(until: "not listening"))
            while await connection.send("a") { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func aConnectionThatIsNotUsedAgainIsClosed() async throws {
        try await expectCut("idle", leaving: \.idleTimeout) { connection in
            await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.readToEnd().hasSuffix("hello"))
        }
    }

    @Test func aClientThatDoesNotReadIsClosed() async throws {
        let metrics = PrometheusMetrics()
        var limits = ConnectionLimits()
        limits.responseDeadline = .milliseconds(400)
        try await withServer(Self.router(), limits: limits, metrics: metrics) { port in
            // Reading is off, so the bytes stay in the system's buffers until these are full.
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"))
            #expect(
                try await eventually {
                    metrics.render().contains("portes_http_connections_cut_total{reason=\"response\"} 1\n")
                })
            #expect(try await eventually { metrics.render().contains("portes_http_connections 0\n") })
            try await channel.close()
        }
    }
}
