import AuthorityKeys
@testable import AuthorityServer
import AuthorityStore
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
import Testing
import Witnessing

/// What an authority shows of its log where witnesses have to cosign it.
struct WitnessedPublicationTests {
    /// A witness that cosigns whatever it is asked, and counts.
    private final class WillingWitness: Sendable {
        private let signer: NoteSigner
        private let time: TestTime
        private let asked = Mutex(0)

        init(_ time: TestTime) throws {
            signer = NoteSigner(name: try #require(NoteKeyName("witness.example/w1")), key: Ed25519.PrivateKey())
            self.time = time
        }

        var key: NoteVerificationKey { signer.verificationKey(.cosignature) }
        var count: Int { asked.withLock { $0 } }

        func server(log: NoteVerificationKey) throws -> HTTPServer {
            let router = ServerRouter.make()
            router.post("/add-checkpoint") { request, _ in
                let body = try await request.body(upTo: AddCheckpointRequest.maximumCount)
                let message = try AddCheckpointRequest(decoding: Array(body.readableBytesView))
                let checkpoint = try Checkpoint(verifying: message.checkpoint, key: log)
                self.asked.withLock { $0 += 1 }
                let line = self.signer.cosignature(for: checkpoint, at: self.time.now().wall).line
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: line + "\n")))
            }
            return try HTTPServer(
                configuration: ServerConfiguration(
                    address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(1)),
                router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
    }

    private let directories: AuthorityDirectories
    private let time = TestTime()
    private let authority: Authority

    init() async throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
        _ = await authority.handle(.createKey(KeyParameters(capability: "session", epoch: 1_000_000, acceptance: 50)))
    }

    private func publisher(_ configuration: LogWitnessConfiguration, _ transport: HTTPTransport) throws -> LogPublisher {
        let key = try #require(authority.database.settings().verificationKey(of: .keys))
        let signing = try #require(authority.signing)
        let witnesses = try #require(
            LogWitnesses(configuration, logKey: key, transport: transport, time: time))
        return LogPublisher(.keys, authority: authority, logKey: key, witnesses: witnesses) { signing.signKeyLog($0) }
    }

    @Test func whatAnEarlierRunPublishedIsShownOnlyIfEnoughWitnessesCosignedIt() async throws {
        let transport = try HTTPTransport()
        let alone = try publisher(.none, transport)
        let shown = try #require(try await alone.checkpoint())
        #expect(try await publisher(.none, transport).checkpoint()?.bytes == shown.bytes)
        let witness = try WillingWitness(time)
        let away = try #require(Witness(submissionPrefix: "http://127.0.0.1:1", key: witness.key))
        let strict = try publisher(LogWitnessConfiguration(witnesses: [away], threshold: 1), transport)
        #expect(try await strict.checkpoint() == nil)
        await transport.shutdown()
    }

    @Test func cosignaturesAreRenewedLongBeforeTheyAreADayOld() async throws {
        let transport = try HTTPTransport()
        let witness = try WillingWitness(time)
        let key = try #require(authority.database.settings().verificationKey(of: .keys))
        let server = try witness.server(log: key)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let address = "http://127.0.0.1:\(try await server.port)"
            let trusted = try #require(Witness(submissionPrefix: address, key: witness.key))
            let publisher = try publisher(LogWitnessConfiguration(witnesses: [trusted], threshold: 1), transport)
            try await publisher.publishWhatIsNew()
            let first = try #require(try await publisher.checkpoint())
            #expect(witness.count == 1)
            time.advance(6 * 3_600 - 1)
            try await publisher.publishWhatIsNew()
            #expect(witness.count == 1)
            time.advance(1)
            try await publisher.publishWhatIsNew()
            let renewed = try #require(try await publisher.checkpoint())
            #expect(witness.count == 2 && renewed.bytes != first.bytes)
            let policy = try #require(WitnessPolicy(witnesses: [witness.key], threshold: 1))
            let tomorrow = time.now().wall.adding(seconds: 86_400)
            #expect(try policy.isMet(by: SignedNote(decoding: renewed.bytes), at: tomorrow))
            #expect(try !policy.isMet(by: SignedNote(decoding: first.bytes), at: tomorrow))
            await group.triggerGracefulShutdown()
        }
        await transport.shutdown()
    }
}
