import Hummingbird
import NIOCore
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RequestLimitTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 100)))
        }
        router.get("/hello") { _, _ in "hello" }
        return router
    }

    private static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func head(length: Int) -> String {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test("a body over its limit gets 413, and the connection is used again if at most 64 KiB remain")
    func connectionIsReused() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                await connection.send(Self.head(length: 64 << 10))
                #expect(await connection.read(until: "urn:portes:problem:content-too-large"))
                #expect(connection.received.hasPrefix("HTTP/1.1 413 "))
                #expect(!connection.received.lowercased().contains("connection: close"))
                await connection.send(String(repeating: "a", count: 64 << 10) + Self.hello)
                #expect(await connection.read(until: "hello"))
            }
        }
    }

    @Test("a body with more than 64 KiB to come is answered with 413 and the connection is closed")
    func connectionIsClosed() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                await connection.send(Self.head(length: (64 << 10) + 1))
                #expect(await connection.read(until: "urn:portes:problem:content-too-large"))
                #expect(connection.received.lowercased().contains("connection: close"))
                await connection.send(String(repeating: "a", count: (64 << 10) + 1) + Self.hello)
                #expect(await !connection.readToEnd().contains("hello"))
            }
        }
    }

    @Test("a client that sends ten megabytes before it reads still gets its 413")
    func blindClientGetsItsAnswer() async throws {
        var limits = ConnectionLimits()
        // However long this machine takes for ten megabytes.
        (limits.bodyDeadline, limits.lingerDuration) = (.seconds(120), .seconds(120))
        try await withServer(Self.router(), limits: limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send(Self.head(length: 10 << 20))
                let part = String(repeating: "a", count: 1 << 20)
                for _ in 0..<10 { #expect(await connection.send(part)) }
                #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 413 "))
            }
        }
    }

    @Test func aChunkedBodyOverItsLimitIsRefusedAndTheConnectionClosed() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                await connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                await connection.send("65\r\n" + String(repeating: "a", count: 0x65) + "\r\n")
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 413 "))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func aBodyOfExactlyTheLimitIsTaken() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                let body = String(repeating: "b", count: 100)
                await connection.send(Self.head(length: 100) + body)
                #expect(await connection.read(until: body))
            }
        }
    }

    @Test func aHeadOverItsLimitGets431() async throws {
        var limits = ConnectionLimits()
        limits.maximumHeadBytes = 2048
        try await withServer(Self.router(), limits: limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send("GET /hello HTTP/1.1\r\nX: " + String(repeating: "a", count: 4096))
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 431 "))
                #expect(answer.contains("urn:portes:problem:header-too-large"))
            }
        }
    }

    @Test("what the decoder would keep without end is bounded", arguments: [
        "GET /hello HTTP/1.1\r\nX:",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:",
    ])
    func endlessSpacesGet431(start: String) async throws {
        var limits = ConnectionLimits()
        (limits.headDeadline, limits.bodyDeadline) = (.seconds(60), .seconds(60))
        try await withServer(Self.router(), limits: limits) { port in
            try await withConnection(to: port) { connection in
                await connection.send(start)
                let spaces = String(repeating: " ", count: 16 << 10)
                for _ in 0..<16 { await connection.send(spaces) }
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
                #expect(answer.contains("urn:portes:problem:header-too-large"))
            }
        }
    }

    @Test func tooManyHeaderFieldsGet431() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                let fields = (0...100).map { "X\($0): a\r\n" }.joined()
                await connection.send("GET /hello HTTP/1.1\r\n\(fields)\r\n")
                #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 431 "))
            }
        }
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET /hello HTTP/9.9\r\n\r\n", "GET /hello HTTP/1.1\r\nbad header: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{0}\r\n\r\n",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ])
    func whatIsNoHTTPGetsAProblemDocumentAndIsClosed(bytes: String) async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                await connection.send(bytes)
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
                #expect(answer.contains("application/problem+json"))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func requestsSentTogetherAreAnsweredInOrder() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                let last = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                await connection.send(Self.head(length: 3) + "one" + Self.hello + last)
                let answers = await connection.readToEnd().split(separator: "HTTP/1.1 200 OK")
                #expect(answers.count == 3)
                #expect(answers.first?.hasSuffix("one") == true)
                #expect(answers.last?.hasSuffix("hello") == true)
                #expect(answers.map { $0.lowercased().contains("connection: close") } == [false, false, true])
            }
        }
    }

    @Test func aClientThatAsksFirstIsToldToGoOnUnlessItsBodyIsTooLarge() async throws {
        try await withServer(Self.router()) { port in
            let ask = "\r\nExpect: 100-continue\r\n\r\n"
            try await withConnection(to: port) { connection in
                await connection.send(Self.head(length: 3).replacing("\r\n\r\n", with: ask))
                #expect(await connection.read(until: "HTTP/1.1 100 Continue\r\n\r\n"))
                await connection.send("abc")
                #expect(await connection.read(until: "HTTP/1.1 200 OK"))
            }
            try await withConnection(to: port) { connection in
                await connection.send(Self.head(length: 2 << 20).replacing("\r\n\r\n", with: ask))
                #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 413 "))
            }
        }
    }

    @Test func aClientThatHasClosedItsSideStillGetsItsAnswer() async throws {
        try await withServer(Self.router()) { port in
            try await withConnection(to: port) { connection in
                await connection.send(Self.hello)
                try await connection.channel.close(mode: .output)
                #expect(await connection.readToEnd().hasSuffix("hello"))
            }
        }
    }

    @Test func connectionsOverTheLimitWaitUntilOneIsFree() async throws {
        var limits = ConnectionLimits()
        limits.maximumConnections = 2
        try await withServer(Self.router(), limits: limits) { port in
            try await withConnection(to: port) { first in
                await first.send(Self.hello)
                #expect(await first.read(until: "hello"))
                try await withConnection(to: port) { second in
                    await second.send(Self.hello)
                    #expect(await second.read(until: "hello"))
                    try await withThrowingTaskGroup(of: Bool.self) { group in
                        group.addTask {
                            try await withConnection(to: port) { third in
                                await third.send(Self.hello)
                                return await third.read(until: "hello")
                            }
                        }
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(100))
                            return false
                        }
                        #expect(try await group.next() == false)
                        try await second.channel.close()
                        #expect(try await group.next() == true)
                    }
                }
            }
        }
    }
}
