import LibSodium
import PrivacyPass
import Synchronization
import Testing
import VOPRF

@testable import PortesClient

struct IssuerClientTests {
    let issuer = TestIssuer()

    @Test func theDirectoryIsFetchedEachTime() async throws {
        let server = FakeIssuer(issuer)
        let client = try server.client()
        let first = try await client.directory()
        #expect(try await client.directory() == first)
        server.state.withLock { $0.keys = [(Capability.play, TestIssuer())] }
        #expect(try await client.directory() != first)
    }

    @Test func theKeyOfACapabilityIsTheFirstThatHasBegun() async throws {
        let play = TestIssuer()
        let client = try FakeIssuer([(Capability.session, issuer), (Capability.play, play)]).client()
        #expect(try await client.currentKey(for: Capability.play) == play.publicKey)
        #expect(try await client.currentKey(for: Capability.session) == issuer.publicKey)
        #expect(try await client.currentKey(ofKind: nil, tokenType: nil) == issuer.publicKey)
        await #expect(throws: IssuanceError.noKey) { try await client.currentKey(for: Capability.ticket) }
    }

    @Test func aChallengesKeyMustStandInTheDirectory() async throws {
        let client = try FakeIssuer(issuer).client()
        func capability(_ key: [UInt8]?) async throws -> Capability? {
            try await client.capability(of: PrivateTokenChallenge(challenge: TestIssuer.challenge(), tokenKey: key))
        }
        #expect(try await capability(issuer.publicKey.encoded) == Capability.session)
        #expect(try await capability(nil) == nil)
        await #expect(throws: IssuanceError.keyNotPublished) {
            try await capability(TestIssuer().publicKey.encoded)
        }
    }

    @Test func aChallengeForAnotherIssuerIsRefused() async throws {
        let client = try FakeIssuer(issuer).client()
        let other = try TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("other.example"))
        await #expect(throws: IssuanceError.wrongIssuer) {
            try await client.capability(of: PrivateTokenChallenge(challenge: other))
        }
        let sameButForCase = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("ISSUER.example"))
        #expect(try await client.capability(of: PrivateTokenChallenge(challenge: sameButForCase)) == nil)
    }

    @Test func aRequestCarriesTypesAndVoucherToTheUriOfTheDirectory() async throws {
        let server = FakeIssuer(issuer)
        server.state.withLock { $0.requestURI = "https://tokens.example/issue" }
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: 2)
        let answer = try await server.client().answer(pending.request, voucher: #require(Voucher(" vch_test\n")))
        #expect(try pending.finalize(answer).count == 2)
        server.state.withLock { state in
            #expect(state.targets.last == "https://tokens.example/issue")
            #expect(
                state.headers.last == [
                    HeaderField("content-type", MediaType.amortizedBatchRequest),
                    HeaderField("accept", MediaType.amortizedBatchResponse),
                    HeaderField("authorization", "Bearer vch_test"),
                ])
        }
    }

    @Test(arguments: [
        (401, "voucher-required", .refused(.voucherRequired)),
        (401, "voucher-invalid", .refused(.voucherUnknown)), (422, "unprocessable-content", .failed(status: 422)),
        (403, "voucher-exhausted", .refused(.voucherExhausted)),
        (403, "voucher-unfit", .refused(.wrongCapability)), (403, nil, .refused(.other)),
        (403, "capability-revoked", .refused(.capabilityRevoked)), (422, "batch-too-large", .refused(.batchTooLarge)),
        (422, "key-unknown", .keyNotIssuing), (422, nil, .keyNotIssuing), (503, nil, .overloaded(retryAfter: 7)),
        (429, "anything", .overloaded(retryAfter: 7)), (500, nil, .failed(status: 500)),
        (301, nil, .failed(status: 301)), (204, nil, .failed(status: 204)),
    ] as [(Int, String?, IssuanceError)])
    func aProblemBecomesAnErrorToActOn(status: Int, problem: String?, error: IssuanceError) async throws {
        let server = FakeIssuer(issuer)
        server.fail(.answer(status: status, problem: problem, headers: [HeaderField("Retry-After", "7")]))
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey)
        let request = pending.request
        await #expect(throws: error) { try await server.client().answer(request, voucher: .notNeeded) }
    }

    @Test func aVoucherThatTheIssuerDoesNotReadIsToldFromNone() async throws {
        let server = FakeIssuer(issuer)
        let required = FakeIssuer.Fault.answer(status: 401, problem: "voucher-required")
        server.fail(required, required)
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey)
        let request = pending.request
        await #expect(throws: IssuanceError.refused(.voucherRequired)) {
            try await server.client().answer(request, voucher: .notNeeded)
        }
        await #expect(throws: IssuanceError.refused(.voucherMalformed)) {
            try await server.client().answer(request, voucher: #require(Voucher("vch_short")))
        }
    }

    @Test func aKeyMayBeginAMinuteAheadOfThisClockAndNoMore() async throws {
        let (soon, later) = (TestIssuer(), TestIssuer())
        let server = FakeIssuer([(Capability.session, soon), (Capability.play, later)])
        server.state.withLock { $0.notBefore = [1060, 1061] }
        let client = try server.client()
        #expect(try await client.currentKey(for: Capability.session) == soon.publicKey)
        await #expect(throws: IssuanceError.noKey) { try await client.currentKey(for: Capability.play) }
    }

    @Test func aLostAnswerAndAnAnswerOfAnotherTypeAreTold() async throws {
        let server = FakeIssuer(issuer)
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey)
        let request = pending.request
        server.fail(.loseRequest)
        await #expect(throws: IssuanceError.unreachable(TransportFailure("Lost()"))) {
            try await server.client().answer(request, voucher: .notNeeded)
        }
        server.fail(.answer(status: 200, problem: nil))
        await #expect(throws: IssuanceError.badAnswer) { try await server.client().answer(request, voucher: .notNeeded) }
    }

    @Test(arguments: ["http://localhost/token-request", "http://issuer.example/t", "::", "ftp://issuer.example/"])
    func aDirectoryThatLeadsAwayFromEncryptionIsRefused(uri: String) async throws {
        let server = FakeIssuer(issuer)
        server.state.withLock { $0.requestURI = uri }
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey)
        let request = pending.request
        await #expect(throws: IssuanceError.badAnswer) {
            try await server.client().answer(request, voucher: FakeIssuer.voucher)
        }
        #expect(server.state.withLock { $0.bodies.isEmpty })
    }

    @Test(arguments: ["", " ", "a b", "a\r\nX: y", "é", "\"x\"", String(repeating: "a", count: 513)])
    func whatCouldNotBeAVoucherIsRefused(text: String) {
        #expect(Voucher(text) == nil)
    }

    @Test func secretsAreNotDescribed() throws {
        let voucher = try #require(Voucher("vch_secret"))
        let header = try #require(voucher.header)
        let request = TransportRequest(
            .post, url: "https://issuer.example/", headers: [header], maximumResponseCount: 1)
        var dumped = ""
        dump(voucher, to: &dumped)
        dump([header], to: &dumped)
        dump(request, to: &dumped)
        dumped += "\(voucher)\(request)\(header)\([header])" + String(reflecting: request)
        #expect(!dumped.contains("secret"))
    }
}
