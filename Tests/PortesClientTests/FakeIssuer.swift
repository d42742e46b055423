import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PrivacyPass
import Recovery
import Revocation
import Synchronization
import VOPRF

/// An issuer behind a transport, with one voucher and a key log, idempotent as a real one, and faults on demand.
final class FakeIssuer: TokenTransport {
    enum Fault {
        case loseRequest
        case loseAnswer
        case cutAnswer
        case otherKey
        case answer(status: Int, problem: String?, headers: [HeaderField] = [])
    }

    struct Lost: Error {}

    struct State {
        var keys: [(capability: Capability?, issuer: TestIssuer)]
        /// What the token endpoint issues under, where it is ahead of the directory.
        var issuing: [TestIssuer]?
        /// When the keys begin, in the order of ``keys``; at 0 where there is nothing.
        var notBefore: [Int64] = []
        var requestURI = "/token-request"
        var name: ServerName?
        var balance = 1000
        var charged: [[UInt8]] = []
        var bodies: [[UInt8]] = []
        var headers: [[HeaderField]] = []
        var targets: [String] = []
        var faults: [Fault] = []
        /// Whether the log follows ``keys`` by itself: each new one is announced, each that is gone revoked.
        var isLogging = true
        var logged: [TokenKeyID] = []
        var records: [RecoveryRecord] = []
    }

    static let code = "vch_test"
    static let voucher = known(Voucher(code))
    let state: Mutex<State>
    let log: TestKeyLog

    init(_ keys: [(capability: Capability?, issuer: TestIssuer)], log: TestKeyLog = TestKeyLog()) {
        state = Mutex(State(keys: keys))
        self.log = log
    }

    convenience init(_ issuer: TestIssuer, capability: Capability? = Capability.session) {
        self.init([(capability, issuer)])
    }

    /// A client that trusts the log and its witness; `transport` may stand before this issuer.
    func client(
        _ transport: (any TokenTransport)? = nil, store: (any KeyLogStore)? = nil, policy: KeyLogPolicy? = nil,
        now: Int64 = 1000
    ) throws -> IssuerClient {
        try IssuerClient(
            url: ServerURL("https://issuer.example"), transport: transport ?? self, log: policy ?? log.policy(),
            store: store, now: { now })
    }

    func fail(_ faults: Fault...) { state.withLock { $0.faults = faults } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        try state.withLock { state in
            state.targets.append(request.url)
            if let answer = try Self.recovery(request, &state) { return answer }
            guard request.method == .get else { return try Self.issue(request, &state) }
            if state.isLogging { bringUpToDate(&state) }
            return try log.answer(request) ?? Self.directory(&state)
        }
    }

    /// Logs what happened to the keys since.
    private func bringUpToDate(_ state: inout State) {
        let present = state.keys.map { $0.issuer.publicKey.id }
        for gone in state.logged where !present.contains(gone) { log.append(.revoked(gone, .keyCompromised)) }
        state.logged.removeAll { !present.contains($0) }
        for (index, key) in state.keys.enumerated() where !state.logged.contains(present[index]) {
            let capability = key.capability ?? known(Capability("unnamed-\(index)"))
            log.announce(key.issuer, for: capability, from: state.notBefore.dropFirst(index).first ?? 0)
            state.logged.append(present[index])
        }
    }

    private static func directory(_ state: inout State) -> TransportResponse {
        let keys = state.keys.enumerated().map { index, key in
            IssuerDirectory.Key(
                tokenType: key.issuer.publicKey.tokenType, tokenKey: key.issuer.publicKey.encoded,
                notBefore: state.notBefore.dropFirst(index).first ?? 0, capability: key.capability)
        }
        let body = IssuerDirectory(
            issuerRequestURI: state.requestURI, tokenKeys: keys, issuerName: state.name
        ).encoded
        let tag = "\"\(Hexadecimal.encode(SHA256.hash(body).bytes))\""
        return TransportResponse(
            status: 200,
            headers: [HeaderField("ETag", tag), HeaderField("Content-Type", MediaType.issuerDirectory)], body: body)
    }

    private static func issue(_ request: TransportRequest, _ state: inout State) throws -> TransportResponse {
        let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
        if case .loseRequest = fault { throw Lost() }
        state.bodies.append(request.body)
        state.headers.append(request.headers)
        if case .answer(let status, let problem, let headers) = fault { return refuse(status, problem, headers) }
        guard let parsed = try parse(request) else { return refuse(415, nil) }
        let keys = state.issuing ?? state.keys.map(\.issuer)
        let key = keys.first { $0.publicKey.id.truncated == parsed.truncatedKeyID }
        if !state.charged.contains(request.body) {
            guard request.headers.contains(HeaderField("authorization", "Bearer \(code)")) else {
                let isPresent = request.headers.contains { $0.name == "authorization" }
                return refuse(401, isPresent ? "voucher-invalid" : "voucher-required")
            }
            guard key != nil else { return refuse(422, "key-unknown") }
            guard state.balance >= parsed.request.count else { return refuse(403, "voucher-exhausted") }
            state.balance -= parsed.request.count
            state.charged.append(request.body)
        }
        if case .loseAnswer = fault { throw Lost() }
        guard let key else { return refuse(422, "key-unknown") }
        var answer = try (fault.isOtherKey ? TestIssuer() : key).answer(parsed.request)
        if case .cutAnswer = fault { answer.removeLast() }
        return TransportResponse(
            status: 200, headers: [HeaderField("Content-Type", parsed.request.responseMediaType)], body: answer)
    }

    /// What a real one does for those who lose a device.
    private static func recovery(_ request: TransportRequest, _ state: inout State) throws -> TransportResponse? {
        if request.url.hasSuffix("/token-request/recovery") {
            guard state.charged.contains(request.body) else { return refuse(404, "request-unknown") }
            return try issue(request, &state)
        }
        guard let path = request.url.firstRange(of: "/recovery-records") else { return nil }
        guard request.method == .get else {
            if case .answer(let status, let problem, let headers) = state.faults.first {
                state.faults.removeFirst()
                return refuse(status, problem, headers)
            }
            state.records.append(try RecoveryRecord(decoding: request.body))
            return TransportResponse(status: 204, headers: [], body: [])
        }
        let parts = request.url[path.upperBound...].split(separator: "/")
        let found = state.records.filter { $0.keyID.hexadecimal == parts[0] && $0.lookup.text == parts[1] }
        return TransportResponse(status: 200, headers: [], body: RecoveryRecord.encode(found.map(\.sealed)))
    }

    private static func parse(
        _ request: TransportRequest
    ) throws -> (request: IssuanceRequest, truncatedKeyID: UInt8)? {
        switch request.headers.first(where: { $0.name == "content-type" })?.value {
        case MediaType.tokenRequest:
            let single = try TokenRequest(decoding: request.body)
            return (.single(single), single.truncatedKeyID)
        case MediaType.amortizedBatchRequest:
            let batch = try AmortizedBatchTokenRequest(decoding: request.body)
            return (.batch(batch), batch.truncatedKeyID)
        case MediaType.genericBatchRequest:
            let batch = try GenericBatchTokenRequest(decoding: request.body)
            return batch.requests.first.map { (.generic(batch), $0.truncatedKeyID) }
        default: return nil
        }
    }

    static func refuse(_ status: Int, _ problem: String?, _ headers: [HeaderField] = []) -> TransportResponse {
        let body = problem.map { Array(#"{"type":"urn:portes:problem:\#($0)"}"#.utf8) } ?? []
        return TransportResponse(
            status: status, headers: headers + [HeaderField("content-type", "application/problem+json")], body: body)
    }
}

extension FakeIssuer.Fault? {
    fileprivate var isOtherKey: Bool { if case .otherKey = self { true } else { false } }
}
