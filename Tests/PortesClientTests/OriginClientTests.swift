import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

struct OriginClientTests {
    let origin = FakeOrigin()

    @Test func challengesForThisOriginOrForAnyAreGiven() async throws {
        let offers = [
            try TestIssuer.challenge(origins: ["other.example"]), try TestIssuer.challenge(),
            try TestIssuer.challenge(origins: ["other.example", "ORIGIN.example"]),
            try TestIssuer.challenge(origins: []), try TestIssuer.challenge(origins: ["origin.example:8443"]),
        ]
        offer(
            [PrivateTokenChallenge.greaseFieldValue(greaseIndex: 3, body: [1, 2, 3])]
                + offers.map { PrivateTokenChallenge(challenge: $0, tokenKey: [1], maximumAge: 10).fieldValue })
        let client = try origin.client()
        #expect(try await client.challenges().map(\.challenge) == [offers[1], offers[2], offers[3]])
        #expect(try await client.challenges().first?.tokenKey == [1])
    }

    @Test func aPortOtherThanTheImpliedOneIsAnotherOrigin() async throws {
        let ported = try TestIssuer.challenge(origins: ["origin.example:8443"])
        offer([PrivateTokenChallenge(challenge: ported).fieldValue])
        #expect(try await origin.client("https://origin.example:8443").challenges().map(\.challenge) == [ported])
        let name = try ServerName("origin.example")
        await #expect(throws: RedemptionError.otherNames(ported.originNames, than: name)) {
            try await origin.client().challenges()
        }
    }

    @Test func whetherTheOriginTakesAChallengeIsKnownBeforeTokensAreFetchedForIt() async throws {
        let (own, other) = (try TestIssuer.challenge(), try TestIssuer.challenge(origins: []))
        offer([PrivateTokenChallenge(challenge: own).fieldValue])
        try await origin.client().check(own)
        await #expect(throws: RedemptionError.otherChallenge(own)) { try await origin.client().check(other) }
        offer([PrivateTokenChallenge(challenge: try TestIssuer.challenge(origins: ["other.example"])).fieldValue])
        await #expect(throws: RedemptionError.self) { try await origin.client().check(own) }
    }

    @Test(arguments: [[], ["Basic realm=\"x\""], ["PrivateToken challenge=\"AAIADg==\""], ["PrivateToken"]])
    func anOriginThatAsksForNothingUsableIsTold(fields: [String]) async throws {
        offer(fields)
        await #expect(throws: RedemptionError.noChallenge) { try await origin.client().challenges() }
    }

    @Test func anotherStatusThan401IsAnError() async throws {
        struct Fixed: TokenTransport {
            let status: Int
            var problem: String?
            func send(_ request: TransportRequest) async throws -> TransportResponse {
                TransportResponse(
                    status: status, headers: [HeaderField("content-type", "application/problem+json")],
                    body: Array(#"{"type":"urn:portes:problem:\#(problem ?? "any")"}"#.utf8))
            }
        }
        let cases: [(Int, String?, RedemptionError)] = [
            (200, nil, .badAnswer), (403, nil, .failed(status: 403)), (503, nil, .overloaded(retryAfter: nil)),
            (403, "capability-revoked", .capabilityRevoked), (503, "verifier-revoked", .verifierRevoked),
        ]
        for (status, problem, error) in cases {
            let client = try OriginClient(
                url: ServerURL("https://origin.example"), transport: Fixed(status: status, problem: problem))
            await #expect(throws: error) { try await client.challenges() }
        }
    }

    private func offer(_ fields: [String]) { origin.state.withLock { $0.challenges = fields } }
}
