import Hummingbird
import Logging
import NIOCore
import ServerSupport
import ServiceLifecycle
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
    /// Stands between a test and its handler: the handler opens `entered`, and waits for `leave`.
    private actor Gate {
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func open() {
            isOpen = true
            for continuation in waiting { continuation.resume() }
            waiting = []
        }

        func pass() async {
            if isOpen { return }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// What happened, in order.
    private final class Record<Element: Sendable>: Sendable {
        private let elements = Mutex<[Element]>([])
        var all: [Element] { elements.withLock { $0 } }
        func add(_ element: Element) { elements.withLock { $0.append(element) } }
    }

    /// The sizes of the bodies that a handler took for whole.
    private let bodies = Record<Int>()

    /// More than the suite's time limit: what only this deadline would end fails its test.
    private static let never = Duration.seconds(3_600)

    /// Runs a server; `client` gets its port and a function that begins the shutdown. Returns how long the server took
    /// from there to its end.
    private func shutdown(
        within limit: Duration, router: Router<ServerContext>,
        client: @escaping @Sendable (Int, @escaping @Sendable () async -> Void) async throws -> Void
    ) async throws -> Duration {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var limits = ConnectionLimits()
        for path in [\ConnectionLimits.headDeadline, \.bodyDeadline, \.responseDeadline, \.idleTimeout] {
            limits[keyPath: path] = Self.never
        }
        let server = try HTTPServer(
            configuration: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), limits: limits, shutdownDuration: limit),
            router: router, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        let begun = Record<ContinuousClock.Instant>()
        return try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return .now
            }
            tasks.addTask {
                try await client(server.port) {
                    begun.add(.now)
                    await group.triggerGracefulShutdown()
                }
                return nil
            }
            var end: ContinuousClock.Instant?
            for try await instant in tasks { end = instant ?? end }
            let start = try #require(begun.all.first)
            return try #require(end) - start
        }
    }

    @Test func idleConnectionsDoNotHoldUpTheEnd() async throws {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        _ = try await shutdown(within: Self.never, router: router) { port, begin in
            try await withConnection(to: port) { used in
                await used.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await used.read(until: "hello"))
                try await withConnection(to: port) { half in
                    await half.send("GET /hello HTT")
                    await begin()
                    #expect(await half.readToEnd().isEmpty)
                }
                #expect(await used.readToEnd().hasSuffix("hello"))
            }
        }
    }

    @Test func aRequestInProgressIsAnsweredAndTheConnectionClosed() async throws {
        let entered = Gate()
        let leave = Gate()
        let isIdle = Gate()
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        router.get("/wait") { _, _ in
            await entered.open()
            await leave.pass()
            return "done"
        }
        _ = try await shutdown(within: Self.never, router: router) { port, begin in
            try await withConnection(to: port) { connection in
                async let idleEnd: Void = withConnection(to: port) { idle in
                    await idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = await idle.read(until: "hello")
                    await isIdle.open()
                    _ = await idle.readToEnd()
                }
                await connection.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                await isIdle.pass()
                await entered.pass()
                await begin()
                // An idle connection is closed when the shutdown reaches connections at all.
                try await idleEnd
                await leave.open()
                let answer = await connection.readToEnd()
                #expect(answer.hasSuffix("done"))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func aHalfSentBodyEndsWithTheShutdownAndIsNeverSeenAsWhole() async throws {
        let entered = Gate()
        let router = ServerRouter.make()
        router.post("/echo") { [bodies] request, _ in
            await entered.open()
            let body = try await request.body(upTo: 1000)
            bodies.add(body.readableBytes)
            return Response(status: .ok)
        }
        let took = try await shutdown(within: .milliseconds(300), router: router) { port, begin in
            try await withConnection(to: port) { connection in
                await connection.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                await entered.pass()
                await begin()
                _ = await connection.readToEnd()
            }
        }
        #expect(took >= .milliseconds(300))
        #expect(bodies.all.isEmpty)
    }

    @Test func aBodyCutOffByItsClientIsNeverSeenAsWhole() async throws {
        let entered = Gate()
        let left = Gate()
        let router = ServerRouter.make()
        router.post("/echo") { [bodies] request, _ in
            await entered.open()
            do {
                let body = try await request.body(upTo: 1000)
                bodies.add(body.readableBytes)
            } catch {
                await left.open()
                throw error
            }
            return Response(status: .ok)
        }
        _ = try await shutdown(within: .seconds(5), router: router) { port, begin in
            try await withConnection(to: port) { connection in
                await connection.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                await entered.pass()
                try await connection.channel.close()
            }
            await left.pass()
            await begin()
        }
        #expect(bodies.all.isEmpty)
    }

    @Test func connectionsThatComeWhileTheServerEndsDoNoHarm() async throws {
        for _ in 0..<20 {
            let router = ServerRouter.make()
            router.get("/hello") { _, _ in "hello" }
            _ = try await shutdown(within: .seconds(5), router: router) { port, begin in
                await withTaskGroup(of: Void.self) { clients in
                    for client in 0..<16 {
                        clients.addTask {
                            if client == 8 { await begin() }
                            // Ends when nobody listens any more.
                            while (try? await withConnection(to: port) { await $0.send("GET /hello") }) != nil {}
                        }
                    }
                }
            }
        }
    }
}
