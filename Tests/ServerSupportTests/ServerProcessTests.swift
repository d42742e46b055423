import Foundation
import Hummingbird
import Logging
import NIOCore
import ServerSupport
import ServiceLifecycle
import Synchronization
import Testing

/// Each test runs a whole server process and ends it with a signal.
@Suite(.timeLimit(.minutes(5))) struct ServerProcessTests {
    private struct Companion: Service {
        let name: String

        func run() async throws {
            try await gracefulShutdown()
            print("\(name) ended")
        }
    }

    /// Neither shutdown nor cancellation reaches it.
    private final class Stubborn: Service {
        private let kept = Mutex<CheckedContinuation<Void, Never>?>(nil)

        func run() async throws {
            await withCheckedContinuation { continuation in
                kept.withLock { $0 = continuation }
                kill(getpid(), SIGTERM)
            }
        }
    }

    private struct Failing: Service {
        struct Failure: Error {}
        func run() async throws { throw Failure() }
    }

    private static func server() throws -> HTTPServer {
        let router = ServerRouter.make()
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 1000)))
        }
        return try HTTPServer(
            configuration: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .milliseconds(300)),
            router: router, logger: Logger(label: "test"))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsTheProcessInOrderWithAHalfSentRequestOpen(signal: Int32) async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
        ) { [signal] in
            let server = try ServerProcessTests.server()
            let client = Task {
                try await withConnection(to: server.port) { connection in
                    await connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
                    kill(getpid(), signal)
                    _ = await connection.readToEnd()
                }
            }
            try await ServerProcess.run(
                [Companion(name: "store"), server], shutdownDuration: .seconds(5), logger: Logger(label: "test"))
            try await client.value
            print("run ended")
            exit(0)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "store ended\nrun ended\n")
        let words = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(words.contains(#/listening on http:\/\/127\.0\.0\.1:\d+\n/#))
    }

    @Test func aServiceThatDoesNotStopDoesNotKeepTheProcess() async throws {
        await #expect(processExitsWith: .exitCode(1)) {
            try await ServerProcess.run(
                [Stubborn()], shutdownDuration: .milliseconds(50), grace: .milliseconds(50),
                logger: Logger(label: "test"))
            exit(0)
        }
    }

    @Test func aServiceThatFailsEndsTheOthersAndItsErrorIsThrown() async throws {
        let result = try await #require(processExitsWith: .exitCode(7), observing: [\.standardOutputContent]) {
            do {
                try await ServerProcess.run([Companion(name: "store"), Failing()], logger: Logger(label: "test"))
            } catch is Failing.Failure {
                exit(7)
            }
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "store ended\n")
    }
}
