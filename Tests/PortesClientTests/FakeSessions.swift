import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import SignIn
import Synchronization

@testable import PortesClient

/// A service that opens sessions behind a transport: one for each token, and the same one again when that comes again.
final class FakeSessions: TokenTransport {
    enum Fault {
        case loseRequest
        case loseAnswer
        case answer(status: Int, problem: String?)
    }

    struct Lost: Error {}

    struct State {
        var opened: [Nullifier: (key: Bytes32?, text: String)] = [:]
        var closed: Set<String> = []
        var requests: [TransportRequest] = []
        var faults: [Fault] = []
        /// The service's clock.
        var now: Int64 = 1_800_000_000
        var life: Int64 = 3_600
    }

    let state = Mutex(State())
    private let issuers: [TestIssuer]
    private let key = Ed25519.PrivateKey()

    init(_ issuers: TestIssuer...) { self.issuers = issuers }

    func client(clock: @escaping @Sendable () -> Int64 = { 1_800_000_000 }) throws -> OriginClient {
        try OriginClient(url: ServerURL("https://origin.example"), transport: self, now: clock)
    }

    func fail(_ faults: Fault...) { state.withLock { $0.faults = faults } }

    /// How many sessions there are.
    var count: Int { state.withLock { $0.opened.count } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        try state.withLock { state in
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            if case .loseRequest = fault { throw Lost() }
            state.requests.append(request)
            if case .answer(let status, let problem) = fault { return FakeIssuer.refuse(status, problem, []) }
            let answer = try request.method == .delete ? close(request, &state) : open(request, &state)
            if case .loseAnswer = fault { throw Lost() }
            return answer
        }
    }

    private func open(_ request: TransportRequest, _ state: inout State) throws -> TransportResponse {
        let field = known(request.headers.first { $0.name == "authorization" })
        let token = try PrivateTokenCredentials(fieldValue: field.value).token
        guard let issuer = issuers.first(where: { $0.publicKey.id == token.input.keyID }), try issuer.isValid(token)
        else { return FakeIssuer.refuse(401, "bad-authenticator", []) }
        let proof = try request.headers.first { $0.name == ProofOfPossession.fieldName }.map {
            try ProofOfPossession(verifying: $0.value)
        }
        let credential = Base64URL.encode(token.encoded, padded: false)
        if let proof,
            !proof.isFor(method: "POST", path: "/sessions", servers: ["origin.example"], credential: credential)
        {
            return FakeIssuer.refuse(401, "bad-proof", [])
        }
        let nullifier = Nullifier(of: token.input)
        let expiry = state.now + state.life
        if let earlier = state.opened[nullifier] {
            guard earlier.key == proof?.keyThumbprint else { return FakeIssuer.refuse(401, "already-spent", []) }
            guard !state.closed.contains(earlier.text) else { return FakeIssuer.refuse(401, "session-closed", []) }
            return answer(earlier.text, life: state.life)
        }
        let claims = SessionClaims(
            audience: known(Audience("origin.example")), capability: .session, keyThumbprint: proof?.keyThumbprint,
            expiry: UnixTime(seconds: expiry), id: SessionID(Randomness.bytes32()))
        let text = claims.signed(with: key, header: .init(purpose: .session, key: key.publicKey))
        state.opened[nullifier] = (proof?.keyThumbprint, text)
        return answer(text, life: state.life)
    }

    private func close(_ request: TransportRequest, _ state: inout State) -> TransportResponse {
        let value = known(request.headers.first { $0.name == "authorization" }).value
        let text = String(value.split(separator: " ")[1])
        guard state.closed.insert(text).inserted else { return FakeIssuer.refuse(401, "session-closed", []) }
        return TransportResponse(status: 204, headers: [], body: [])
    }

    private func answer(_ text: String, life: Int64) -> TransportResponse {
        TransportResponse(
            status: 200, headers: [HeaderField("Content-Type", "application/json")],
            body: Array(#"{"access_token":"\#(text)","expires_in":\#(life),"token_type":"DPoP"}"#.utf8))
    }
}

/// The text of a session whose signature nobody made, for what reads no signature.
enum SessionText {
    static let bearer: String = {
        func part(_ json: String) -> String { Base64URL.encode(Array(json.utf8), padded: false) }
        let id = SessionID(.zero).text
        return part(#"{"alg":"EdDSA","kid":"k","typ":"portes-session+jwt"}"#) + "."
            + part(#"{"aud":"origin.example","capability":"session","exp":1800003600,"jti":"\#(id)"}"#) + ".AA"
    }()
}
