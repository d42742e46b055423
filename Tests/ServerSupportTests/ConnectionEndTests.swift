import Hummingbird
import ServerSupport
import Synchronization
import Testing

/// When a connection ends with an answer, and that nothing behind that answer's request is done.
@Suite(.timeLimit(.minutes(1))) struct ConnectionEndTests {
    private static func router(_ calls: Calls = Calls()) -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        router.post("/act") { _, _ in
            calls.count.add(1, ordering: .relaxed)
            return "done"
        }
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 100)))
        }
        return router
    }

    private final class Calls: Sendable {
        let count = Atomic(0)
    }

    /// No deadline that could close the connection in place of the server's own decision.
    private static var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.idleTimeout = .seconds(60)
        limits.headDeadline = .seconds(60)
        limits.lingerDuration = .milliseconds(100)
        return limits
    }

    @Test(arguments: [
        "GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, Close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    ])
    func aConnectionThatCannotGoOnIsClosedWithTheAnswer(request: String) async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send(request)
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test(arguments: ["", "Host: a\r\nHost: a\r\n"])
    func aRequestWithoutExactlyOneHostIsRefusedAndTheConnectionClosed(host: String) async throws {
        let calls = Calls()
        try await withServer(Self.router(calls), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                let second = "POST /act HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                await connection.send("POST /act HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\nx" + second)
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n") && answer.contains("malformed-message"))
                #expect(answer.split(separator: "HTTP/1.1").count == 1)
            }
        }
        #expect(calls.count.load(ordering: .relaxed) == 0)
    }

    @Test func aFieldThatOnlyContainsTheWordCloseEndsNothing() async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                let request = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: x-closed\r\n\r\n"
                await connection.send(request)
                #expect(await connection.read(until: "hello"))
                connection.received = ""
                await connection.send(request)
                #expect(await connection.read(until: "hello"))
            }
        }
    }

    @Test func whatFollowsTheLastRequestIsNotDone() async throws {
        let calls = Calls()
        try await withServer(Self.router(calls), limits: Self.limits) { port in
            for last in ["HTTP/1.0\r\n", "HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n"] {
                try await withConnection(to: port) { connection in
                    let act = "POST /act HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                    await connection.send("GET /hello \(last)\r\n" + act + act)
                    #expect(await connection.readToEnd().hasSuffix("hello"))
                }
            }
        }
        #expect(calls.count.load(ordering: .relaxed) == 0)
    }

    @Test func anOldClientGetsNoInterimAnswer() async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send(
                    "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
                #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
        }
    }

    @Test func whatFollowsARequestToChangeProtocolsIsNotKept() async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                let upgrade = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n"
                await connection.send(upgrade + "Content-Length: 3\r\n\r\nabc")
                let more = String(repeating: "a", count: 16 << 10)
                for _ in 0..<16 { await connection.send(more) }
                let answer = await connection.readToEnd()
                #expect(answer.hasSuffix("abc"))
                #expect(answer.split(separator: "HTTP/1.1").count == 1)
            }
        }
    }

    @Test func moreBytesThanAnIntCanCountAreNotWaitedFor() async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send(
                    "POST /act HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n")
                #expect(await connection.readToEnd().lowercased().contains("connection: close"))
            }
        }
    }

    @Test func noiseGets400HoweverMuchOfItThereIs() async throws {
        try await withServer(Self.router(), limits: Self.limits) { port in
            try await withConnection(to: port) { connection in
                for _ in 0..<8 { await connection.send(String(repeating: "\u{1}noise", count: 4000)) }
                #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 400 "))
            }
        }
    }
}
