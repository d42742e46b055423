import ClearingServer
import ClearingStore
import Foundation
import HTTPTransport
import KeySchedule
import Logging
import PortesVerifier
import PrivacyPass
import ServerSupport
import ServiceLifecycle
import TestSupport
import Testing

/// A clearing server on loopback with an authority that it polls, both over real HTTP.
struct ClearingHarness: Sendable {
    let authority: TestAuthority
    let stub: AuthorityStub
    let time: ShiftedTime
    let application: ClearingApplication
    let transport: HTTPTransport
    let url: String
    let challenge: TokenChallenge

    /// Runs both servers while `body` runs; `directory` keeps the data for another run.
    static func run(
        in directory: TemporaryDirectory? = nil, authority: TestAuthority = TestAuthority(),
        scope: TokenScope = .ownOrigin, isPinned: Bool = true, capabilities: Set<Capability>? = nil,
        configure: @escaping @Sendable (inout ClearingConfiguration) throws -> Void = { _ in },
        _ body: @escaping @Sendable (ClearingHarness) async throws -> Void
    ) async throws {
        let temporary = try directory ?? TemporaryDirectory()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let time = ShiftedTime()
        let stub = AuthorityStub(authority: authority, time: time)
        let stubServer = try stub.server(logger: logger)
        try await running([stubServer], logger: logger) {
            let port = try await stubServer.port
            var configuration = ClearingConfiguration(
                dataDirectory: temporary.path,
                server: ServerConfiguration(
                    address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(1)),
                issuerURL: "http://127.0.0.1:\(port)/", origin: try ServerName("origin.example"), scope: scope,
                authority: isPinned ? authority.key : nil, capabilities: capabilities)
            configuration.pollInterval = .milliseconds(20)
            configuration.directoryInterval = .milliseconds(20)
            configuration.maintenanceInterval = .milliseconds(20)
            try configure(&configuration)
            let application = try ClearingApplication(configuration, time: time, logger: logger)
            try await running(application.services, logger: logger) {
                let transport = try HTTPTransport(connections: 64)
                let harness = ClearingHarness(
                    authority: authority, stub: stub, time: time, application: application, transport: transport,
                    url: "http://127.0.0.1:\(try await application.port)",
                    challenge: try TokenChallenge(
                        tokenType: .voprfRistretto255, issuerName: ServerName(authority.issuer),
                        originNames: scope == .anyOrigin ? [] : [ServerName("origin.example")]))
                let result: Result<Void, any Error>
                do { result = .success(try await body(harness)) } catch { result = .failure(error) }
                await transport.shutdown()
                try result.get()
            }
        }
    }

    static func running(
        _ services: [any Service], logger: Logger, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: services, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// A key of the authority, delivered and in use.
    func deliveredMint(capability: String = "session", age: Int64 = 0) async throws -> TestMint {
        let mint = try TestMint(capability: capability, now: time.now().wall, age: age)
        authority.deliver(mint, to: application.identity)
        try await until {
            guard try await challengeKeys().contains(mint.record.publicKey) else { return false }
            return try await isReady()
        }
        return mint
    }

    /// Waits until something has become true, at most two minutes.
    func until(_ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TimedOut() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    struct TimedOut: Error {}

    func isReady() async throws -> Bool { try await transport.get(url + "/readyz").status == 200 }

    /// The public keys in the challenges that a request without token gets.
    func challengeKeys() async throws -> [[UInt8]] {
        PrivateTokenChallenge.parse(try await presentNothing().values(of: "WWW-Authenticate")).compactMap(\.tokenKey)
    }

    /// Asks what to bring, as a client does that sends no token.
    func presentNothing() async throws -> HTTPTransportResponse {
        try await transport.send(HTTPTransportRequest(.post, .url(url + "/redeem")))
    }

    /// Presents a token at a path.
    func present(
        _ token: Token, at path: String = "/redeem", binding: SpendBinding? = nil
    ) async throws -> HTTPTransportResponse {
        var headers = [(name: "Authorization", value: PrivateTokenCredentials(token: token).fieldValue)]
        if let binding { headers.append((name: "Portes-Binding", value: Base64URL.encode(binding.bytes))) }
        return try await transport.send(HTTPTransportRequest(.post, .url(url + path), headers: headers))
    }
}

extension HTTPTransportResponse {
    /// A member of the JSON object in the body.
    func member(_ name: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return object?[name] as? String
    }

    /// The name of the problem in the body.
    var problem: String? {
        guard header("Content-Type") == "application/problem+json" else { return nil }
        return member("type").map { String($0.dropFirst("urn:portes:problem:".count)) }
    }
}
