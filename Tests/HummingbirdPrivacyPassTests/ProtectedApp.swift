import HTTPTransport
import Hummingbird
import HummingbirdPrivacyPass
import KeySchedule
import LibSodium
import Logging
import NIOCore
import PortesVerifier
import PrivacyPass
import Revocation
import ServiceLifecycle
import VerifierSupport

/// An origin with keys of every type, and apps that it protects.
struct OriginFixture: Sendable {
    let time = ManualTime()
    let mints: [TokenType: Mint]
    let state: VerifierState
    let policy: ChallengePolicy

    /// The capabilities of the keys of each type.
    static let capabilities: [TokenType: String] = [
        .voprfRistretto255: "session", .blindRSA2048: "entry", .voprfP384: "badge",
    ]

    init() throws {
        var mints: [TokenType: Mint] = [:]
        for (type, capability) in Self.capabilities { mints[type] = try Mint(type, capability: capability) }
        self.mints = mints
        state = VerifierState(
            Verifier(keys: mints.values.map(\.key), revocations: RevocationList(), freshness: try time.fresh()))
        policy = try ChallengePolicy(issuer: ServerName("issuer.example"), origin: ServerName("origin.example"))
    }

    var ledger: MemorySpendLedger { MemorySpendLedger(state: state, audience: "origin.example", time: time) }

    func origin(_ ledger: (any SpendLedger)? = nil) -> PrivacyPassOrigin {
        PrivacyPassOrigin(verifier: state, policy: policy, ledger: ledger ?? self.ledger, time: time)
    }

    /// A new token of a type, for this origin or another.
    func token(_ type: TokenType = .voprfRistretto255, origin: String = "origin.example") throws -> Token {
        guard let mint = mints[type] else { throw MessageError.unsupportedTokenType }
        return try mint.token(for: Sample.challenge(of: type, origin: origin))
    }
}

/// A token as a client sends it.
func authorization(_ token: Token) -> (name: String, value: String) {
    ("Authorization", PrivateTokenCredentials(token: token).fieldValue)
}

/// A real server on loopback with an app's router, for as long as `body` runs.
func serving<Context: RequestContext>(
    _ router: Router<Context>,
    _ body: @escaping @Sendable (Requests) async throws -> Void
) async throws where Context.Source == ApplicationRequestContextSource {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let (ports, told) = AsyncStream<Int>.makeStream()
    let app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            told.yield(channel.localAddress?.port ?? 0)
            told.finish()
        }, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [.init(service: app)], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var port = 0
        for await told in ports { port = told }
        let requests = Requests(url: "http://127.0.0.1:\(port)", transport: try HTTPTransport(connections: 64))
        let result: Result<Void, any Error>
        do { result = .success(try await body(requests)) } catch { result = .failure(error) }
        await requests.transport.shutdown()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try result.get()
    }
}

/// Sends requests to the app.
struct Requests: Sendable {
    let url: String
    let transport: HTTPTransport

    func get(_ path: String, _ fields: (name: String, value: String)...) async throws -> HTTPTransportResponse {
        try await transport.send(
            HTTPTransportRequest(.get, .url(url + path), headers: fields, body: nil, timeout: .seconds(60)))
    }
}

extension HTTPTransportResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var challenges: [PrivateTokenChallenge] { PrivateTokenChallenge.parse(values(of: "www-authenticate")) }
    /// The name of the problem in the answer; empty if there is none.
    var problem: String { text.firstMatch(of: /urn:portes:problem:([a-z-]+)/).map { String($0.1) } ?? "" }
}
