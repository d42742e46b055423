import Foundation
import HTTPTransport
import KeySchedule
import LibSodium
import PortesClient
import PortesClientHTTP
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn

/// A session that says what its bearer may do, and not who that is.
extension DemoStory {
    /// Opens a session with a token, shows it to a gateway that holds public keys alone, has it stolen, and closes it.
    func openSession(narrator: inout Narrator) async throws {
        let client = try DemoSessionClient(servers: servers, wallet: place.root.path + "/sessions.wallet")
        let voucher = try await voucher(for: "session", tokens: 2)
        let session = try await narrator.step("the app opens a session with one token, bound to a key made for it") {
            try await client.fetch(2, voucher: voucher)
            return try await client.session()
        } saw: { _ in
            [
                .app: "a signed line that is good for an hour, and one token less",
                .clearing: "a valid token and a key it has never seen; it keeps no session",
            ]
        }
        let gateway = try await DemoGateway(clearingURL: servers.clearingURL)
        _ = try await narrator.step("a gateway checks the session with nothing but the server's public keys") {
            let headers = session.headers(for: "GET", DemoGateway.url)
            guard try gateway.check(headers) == nil else { throw CommandFailure("the session is not let in") }
            guard try await client.session() == session else { throw CommandFailure("the wallet opened another") }
            await gateway.close()
        } saw: { _ in [.backend: "what it is good for, and until when: no name, no number, no beginning"] }
        _ = try await narrator.step("somebody steals the session, but not the key") {
            let stolen = session.headers(for: "GET", DemoGateway.url).filter { $0.name == "authorization" }
            guard try gateway.check(stolen) == .proofRequired else { throw CommandFailure("a thief is let in") }
        } saw: { _ in [.backend: "a session without its key's proof: refused"] }
        _ = try await narrator.step("the app closes the session, and opens another with the next token") {
            try await client.close(session)
            guard try await client.session() != session else { throw CommandFailure("a closed session came back") }
            await client.close()
        } saw: { _ in [.clearing: "a session that nobody may use any more; who had it, it cannot say"] }
    }
}

/// The demo's app with a wallet, as far as sessions go.
private struct DemoSessionClient {
    private let wallet: Wallet
    private let issuer: IssuerClient
    private let origin: OriginClient
    private let capability: Capability

    init(servers: DemoServers, wallet path: String) throws {
        wallet = try Wallet(path: path)
        issuer = try IssuerClient(servers.authorityURL, name: ServerName(DemoServers.issuerName))
        origin = try OriginClient(servers.clearingURL, name: ServerName(DemoServers.originName))
        capability = try ClientArgument.capability("session")
    }

    private var challenge: TokenChallenge {
        get throws {
            try TokenChallenge(
                tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [origin.name])
        }
    }

    func fetch(_ count: Int, voucher: Voucher) async throws {
        try await wallet.fetch(count, of: capability, for: challenge, from: issuer, voucher: voucher)
    }

    func session() async throws -> Session { try await wallet.session(capability, for: challenge, at: origin) }

    func close(_ session: Session) async throws { try await wallet.close(session, at: origin) }

    func close() async { await wallet.close() }
}

/// A gateway in front of an app, which knows nothing but the clearing server's public keys.
private struct DemoGateway {
    static let url = "https://levels.example/levels/7"
    private let verifier: SessionVerifier
    private let transport: HTTPTransport

    init(clearingURL: String) async throws {
        transport = try HTTPTransport()
        let response = try await transport.send(
            HTTPTransportRequest(
                .get, .url(clearingURL + "/.well-known/jwks.json"), headers: [], body: nil,
                maximumResponseBytes: 64 * 1024, timeout: .seconds(60)))
        guard let audience = Audience(DemoServers.originName),
            let verifier = SessionVerifier(audience: audience, keySet: response.body)
        else { throw CommandFailure("no key set came") }
        self.verifier = verifier
    }

    /// Why a request with these fields is not let in, or `nil`.
    func check(_ headers: [HeaderField]) throws -> SessionFailure? {
        func values(_ name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
        let presented = PresentedSession(
            authorization: values("authorization"), proofs: values("dpop"), method: "GET", path: "/levels/7",
            servers: ["levels.example"])
        guard let presented else { return .malformed }
        do throws(SessionFailure) {
            _ = try verifier.verify(presented, at: SystemTimeSource().now().wall)
            return nil
        } catch {
            return error
        }
    }

    func close() async { await transport.shutdown() }
}
