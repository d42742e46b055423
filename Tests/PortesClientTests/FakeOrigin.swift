import LibSodium
import PortesClient
import PrivacyPass
import Synchronization

/// An origin behind a transport: verifies with the issuer's key, spends once, and knows repetitions by their binding.
final class FakeOrigin: TokenTransport {
    enum Fault {
        case loseRequest
        case loseAnswer
        case answer(status: Int, problem: String?, headers: [HeaderField] = [])
    }

    struct Lost: Error {}

    struct State {
        var issuers: [TestIssuer]
        /// What is answered to every token of a key.
        var refused: [TokenKeyID: String] = [:]
        var spent: [Nullifier: String] = [:]
        var presented: [[HeaderField]] = []
        var targets: [String] = []
        var methods: [TransportRequest.Method] = []
        var challenges: [String] = []
        var faults: [Fault] = []
    }

    let state: Mutex<State>

    init(_ issuers: TestIssuer...) { state = Mutex(State(issuers: issuers)) }

    func client(_ url: String = "https://origin.example") throws -> OriginClient {
        try OriginClient(url: ServerURL(url), transport: self)
    }

    func fail(_ faults: Fault...) { state.withLock { $0.faults = faults } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        try state.withLock { state in
            state.targets.append(request.url)
            state.methods.append(request.method)
            guard let field = request.headers.first(where: { $0.name == "authorization" }) else {
                return TransportResponse(
                    status: 401, headers: state.challenges.map { HeaderField("WWW-Authenticate", $0) }, body: [])
            }
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            if case .loseRequest = fault { throw Lost() }
            state.presented.append(request.headers)
            if case .answer(let status, let problem, let headers) = fault {
                return FakeIssuer.refuse(status, problem, headers)
            }
            let token = try PrivateTokenCredentials(fieldValue: field.value).token
            let binding = request.headers.first { $0.name == "portes-binding" }?.value ?? ""
            let answer = try Self.redeem(token, binding, &state)
            if case .loseAnswer = fault { throw Lost() }
            return answer
        }
    }

    private static func redeem(_ token: Token, _ binding: String, _ state: inout State) throws -> TransportResponse {
        let key = state.issuers.first { $0.publicKey.id == token.input.keyID }
        guard let key, try key.isValid(token) else { return FakeIssuer.refuse(401, "bad-authenticator") }
        if let problem = state.refused[token.input.keyID] { return FakeIssuer.refuse(401, problem) }
        let nullifier = Nullifier(of: token.input)
        let earlier = state.spent[nullifier]
        if let earlier, earlier != binding { return FakeIssuer.refuse(409, "already-spent") }
        state.spent[nullifier] = binding
        let outcome = earlier == nil ? "spent" : "replayed"
        return TransportResponse(
            status: 200, headers: [HeaderField("Content-Type", "application/json")],
            body: Array(#"{"outcome":"\#(outcome)","receipt":"a.b.c"}"#.utf8))
    }
}
