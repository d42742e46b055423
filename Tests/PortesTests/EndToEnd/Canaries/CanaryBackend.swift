import Foundation
import Hummingbird
import HummingbirdPrivacyPass
import LibSodium
import OriginStorage
import PortesClient
import PortesVerifier
import PrivacyPass
import SignIn
import Testing

@testable import portes

/// An app's backend with public keys alone, which opens sessions and keeps what it has to in a store of its own.
struct CanaryBackend {
    let servers: DemoServers
    let place: DemoDirectory

    /// Has canaries pushed through its routes.
    func serve(_ flow: CanaryFlow) async throws {
        let line = try await ChildProcess.run(["authority", "show", "--revocation-key"] + place.adminFlags)
        let key = try #require(Base64URL.decode(line.prefix { !$0.isWhitespace }).flatMap { Bytes32($0) })
        let backend = try await DemoBackend(servers: servers, revocationKey: Ed25519.PublicKey(key))
        let tokens = try await fetch(2, for: backend.challenge())
        let entry = try #require(Capability(DemoServers.entry))
        let audience = try #require(Audience(DemoBackend.originName))

        let store = try SQLiteOriginStore(directory: place.root.path + "/origin")
        defer { try? store.close() }
        let state = VerifierState(backend.verifier)
        let origin = PrivacyPassOrigin(
            verifier: state, policy: backend.policy, ledger: store.ledger(of: state, audience: audience.text))
        let sessions = SessionService(
            origin, audience: audience, key: store.sessionKey, accepting: [entry], closed: store)
        let router = Router(context: BasicSessionRequestContext.self)
        sessions.addRoutes(to: router)
        router.group("level").add(middleware: SessionMiddleware(sessions)).get { _, _ in "in" }
        try await DemoService.serving(router) { url in
            try await OffPool.run { try flow.useSessions(tokens, at: url, level: "/level") }
        }
    }

    private func fetch(_ count: Int, for challenge: TokenChallenge) async throws -> [Token] {
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", DemoServers.entry, "--tokens", String(count)] + place.adminFlags)
        let voucher = try #require(Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)))
        let app = try DemoApp(servers: servers)
        let tokens = try await app.fetch(count, of: DemoServers.entry, for: challenge, voucher: voucher)
        await app.close()
        return tokens
    }
}
