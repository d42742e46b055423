import PrivacyPass
import Testing

@testable import PortesClient

/// What an issuer's answer to a token that is given up means.
struct TokenSurrenderTests {
    /// Answers everything in one way, and keeps what was sent.
    private struct Answering: TokenTransport {
        let status: Int
        let problem: String?
        let check: @Sendable (TransportRequest) -> Void

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            check(request)
            guard let problem else { return TransportResponse(status: status, headers: [], body: []) }
            return TransportResponse(
                status: status, headers: [HeaderField("Content-Type", "application/problem+json")],
                body: Array(#"{"type":"urn:portes:problem:\#(problem)"}"#.utf8))
        }
    }

    @Test(arguments: [
        (200, nil, SurrenderOutcome.revoked), (422, "key-revoked", .needless(.keyRevoked)),
        (422, "capability-revoked", .needless(.capabilityRevoked)),
        (422, "key-no-longer-accepted", .needless(.keyNoLongerAccepted)), (422, "bad-authenticator", .refused),
        (422, "unknown-key", .refused), (422, "malformed", .refused),
    ] as [(Int, String?, SurrenderOutcome)])
    func anAnswerIsUnderstood(status: Int, problem: String?, outcome: SurrenderOutcome) async throws {
        let token = try TestIssuer().token(for: TestIssuer.challenge())
        let field = PrivateTokenCredentials(token: token).fieldValue
        let issuer = try IssuerClient(
            url: ServerURL("https://issuer.example"),
            transport: Answering(status: status, problem: problem) { request in
                #expect(request.method == .post && request.url == "https://issuer.example/revocations/tokens")
                #expect(request.headers.map(\.name) == ["authorization"] && request.headers[0].value == field)
                #expect(request.body.isEmpty)
            })
        #expect(try await issuer.revoke(token) == outcome)
    }

    @Test(arguments: [(503, nil), (500, nil), (404, "not-found"), (422, nil)] as [(Int, String?)])
    func anAnswerThatSaysNothingIsAnError(status: Int, problem: String?) async throws {
        let token = try TestIssuer().token(for: TestIssuer.challenge())
        let issuer = try IssuerClient(
            url: ServerURL("https://issuer.example"), transport: Answering(status: status, problem: problem) { _ in })
        await #expect(throws: IssuanceError.self) { try await issuer.revoke(token) }
    }
}
