import Accounts
import LibSodium
import PortesClient
import PrivacyPass
import Synchronization
import Testing

/// What a client does with an authority that asks for too much, or is asked in vain.
final class AccountTests: Sendable {
    private let secret = SecretBytes(randomCount: 32)

    /// An authority that answers as it is told.
    private struct Stub: TokenTransport {
        let answer: @Sendable (TransportRequest) -> TransportResponse

        func send(_ request: TransportRequest) async throws -> TransportResponse { answer(request) }
    }

    private func client(_ answer: @escaping @Sendable (TransportRequest) -> TransportResponse) throws -> IssuerClient {
        try IssuerClient(url: ServerURL("https://issuer.example"), transport: Stub(answer: answer), now: { 1_000 })
    }

    private func terms(difficulty: UInt8, fees: [String] = ["proof-of-work"]) -> TransportResponse {
        let challenge = AccountChallenge(difficulty: difficulty, expires: 2_000, key: secret)
        return TransportResponse(status: 200, headers: [], body: AccountTerms(challenge: challenge, fees: fees).encoded)
    }

    private static func problem(_ status: Int, _ name: String, retryAfter: Int? = nil) -> TransportResponse {
        TransportResponse(
            status: status,
            headers: [HeaderField("content-type", "application/problem+json")]
                + (retryAfter.map { [HeaderField("retry-after", "\($0)")] } ?? []),
            body: Array(#"{"type":"urn:portes:problem:\#(name)","title":"x","status":\#(status)}"#.utf8))
    }

    @Test func whatIsSentIsSignedOverItsOwnBytes() async throws {
        let terms = terms(difficulty: 8)
        let key = Ed25519.PrivateKey()
        let account = key.publicKey
        let box = Box<[TransportRequest]>([])
        let client = try client { request in
            box.mutex.withLock { $0.append(request) }
            return request.method == .get ? terms : TransportResponse(status: 201, headers: [], body: [])
        }
        #expect(try await client.openAccount(AccountKey(key)))
        let request = try #require(box.mutex.withLock { $0.last })
        let field = try #require(request.headers.first { $0.name == "authorization" })
        let credentials = try #require(AccountCredentials(fieldValue: field.value))
        let digest = RequestDigest.digest(body: request.body, mediaType: "application/json")
        #expect(credentials.account == account)
        #expect(credentials.isValid(for: .opening, digest: digest, issuer: try ServerName("issuer.example")))
        let fee = try #require(AccountFee(decoding: request.body))
        guard case .proofOfWork(let challenge, let number) = fee else {
            Issue.record("another fee was sent: \(fee)")
            return
        }
        #expect(ProofOfWork.isSolved(challenge, by: number, for: account))
    }

    @Test func aProofThatNobodyShouldAskForIsNotBegun() async throws {
        let terms = terms(difficulty: ProofOfWork.maximumDifficulty + 1)
        let client = try client { _ in terms }
        await #expect(throws: IssuanceError.refused(.proofTooHard)) {
            try await client.openAccount(AccountKey(Ed25519.PrivateKey()))
        }
    }

    @Test func aProofEndsWhereTheTaskIsCancelled() async throws {
        let terms = terms(difficulty: ProofOfWork.maximumDifficulty)
        let client = try client { _ in
            // As if the person had left the screen just now.
            withUnsafeCurrentTask { $0?.cancel() }
            return terms
        }
        let task = Task { try await client.openAccount(AccountKey(Ed25519.PrivateKey())) }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aChallengeThatIsOverIsReplacedOnce() async throws {
        let (terms, count) = (terms(difficulty: 8), Box(0))
        let client = try client { request in
            guard request.method == .post else { return terms }
            return count.mutex.withLock { count in
                count += 1
                return Self.problem(422, "challenge-invalid")
            }
        }
        await #expect(throws: IssuanceError.refused(.challengeInvalid)) {
            try await client.openAccount(AccountKey(Ed25519.PrivateKey()))
        }
        #expect(count.mutex.withLock { $0 } == 2)
    }

    @Test(arguments: [
        (401, "account-unknown", .refused(.accountUnknown)), (401, "account-signature-invalid", .refused(.accountRefused)),
        (403, "gate-refused", .refused(.gateRefused)), (403, "credit-exhausted", .refused(.creditExhausted)),
        (403, "quota-exceeded", .quotaExhausted(until: 1_060)), (409, "statement-used", .refused(.statementUsed)),
        (422, "statement-nested", .refused(.statementRefused(reason: "statement-nested"))),
        (429, "too-many-requests", .overloaded(retryAfter: 60)),
        (503, "statement-keys-unavailable", .overloaded(retryAfter: 60)),
    ] as [(Int, String, IssuanceError)])
    func anAppLearnsWhatItCanDo(status: Int, name: String, error: IssuanceError) async throws {
        let client = try client { _ in Self.problem(status, name, retryAfter: 60) }
        let account = AccountKey(Ed25519.PrivateKey())
        let statement = Statement(token: "a.b.c", for: StatementRequest(for: account))
        await #expect(throws: error) { try await client.present(statement, for: account) }
    }

    @Test func aStatementIsAskedForWithAFreshSaltEachTime() {
        let account = AccountKey(Ed25519.PrivateKey())
        let requests = (0..<100).map { _ in StatementRequest(for: account) }
        #expect(Set(requests.map(\.binding)).count == 100 && requests.allSatisfy { $0.salt.count == 32 })
        let key = Base64URL.encode(account.publicKey.encoded.bytes, padded: false)
        #expect(!requests.contains { $0.binding == key })
    }

    @Test func secretsAreNotDescribed() {
        let account = AccountKey(Ed25519.PrivateKey())
        let statement = Statement(token: "a.b.c", for: StatementRequest(for: account))
        #expect("\(account) \(statement) \(Payment.account(account))" == "AccountKey Statement Payment")
        for value in [account, statement, Payment.account(account)] as [Any] {
            #expect(Mirror(reflecting: value).children.isEmpty)
        }
    }
}

/// A mutex that closures share.
private final class Box<Value: Sendable>: Sendable {
    let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }
}
