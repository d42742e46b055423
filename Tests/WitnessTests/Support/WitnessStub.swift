import HTTPTransport
import HTTPTypes
import Hummingbird
import KeySchedule
import KeyTransparency
import LibSodium
import Logging
import NIOCore
import ServerSupport
import ServiceLifecycle
import Synchronization
import TestSupport
import Witnessing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs services for as long as `body` runs.
func withServices(_ services: [any Service], _ body: @escaping @Sendable () async throws -> Void) async throws {
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try result.get()
    }
}

/// A witness that answers as a test tells it to.
final class WitnessStub: Sendable {
    typealias Handler = @Sendable (WitnessStub, AddCheckpointRequest) async throws -> Response

    let signer: NoteSigner
    private let handler: Handler
    private let seen = Mutex<[UInt64]>([])
    private let (ending, end) = AsyncStream<Never>.makeStream()

    init(_ name: String = "witness.example", _ handler: @escaping Handler) {
        signer = NoteSigner(name: NoteKeyName(name)!, key: Ed25519.PrivateKey())
        self.handler = handler
    }

    var key: NoteVerificationKey { signer.verificationKey(.cosignature) }
    /// The old sizes that were named, in their order.
    var oldSizes: [UInt64] { seen.withLock { $0 } }

    /// Serves under `/prefix` while `body` runs with the witness as a log knows it.
    func run(_ body: @escaping @Sendable (Witness, WitnessClient) async throws -> Void) async throws {
        let router = ServerRouter.make()
        router.post("/prefix/add-checkpoint") { [self] request, _ -> Response in
            let body = try await request.body(upTo: 100_000)
            let asked = try AddCheckpointRequest(decoding: [UInt8](buffer: body))
            seen.withLock { $0.append(asked.oldSize) }
            return try await handler(self, asked)
        }
        let server = try HTTPServer(
            configuration: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .milliseconds(100)),
            router: router, logger: quiet)
        try await withServices([server]) { [self] in
            let witness = Witness(submissionPrefix: "http://127.0.0.1:\(try await server.port)/prefix/", key: key)!
            let transport = try HTTPTransport()
            let client = WitnessClient(transport: transport, timeout: .seconds(2))
            let result: Result<Void, any Error>
            do { result = .success(try await body(witness, client)) } catch { result = .failure(error) }
            end.finish()
            await transport.shutdown()
            try result.get()
        }
    }

    /// A witness that does not answer for as long as the test runs.
    static func silent(_ name: String = "witness.example") -> WitnessStub {
        WitnessStub(name) { stub, _ in
            for await _ in stub.ending {}
            return .text("")
        }
    }

    /// The line that an honest witness answers with.
    func line(_ request: AddCheckpointRequest, log: GrowingLog, at time: UnixTime? = nil) throws -> String {
        let checkpoint = try Checkpoint(verifying: request.checkpoint, key: log.key)
        return signer.cosignature(for: checkpoint, at: time ?? SystemTimeSource().now().wall).line + "\n"
    }
}

extension Response {
    static func text(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func conflict(_ text: String, type: String = "text/x.tlog.size") -> Response {
        .text(text, status: .conflict, type: type)
    }
}
