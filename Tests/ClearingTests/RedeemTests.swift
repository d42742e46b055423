import ClearingServer
import ClearingStore
import Foundation
import HTTPTransport
import JOSE
import KeySchedule
import PortesVerifier
import PrivacyPass
import Receipts
import Testing

@Suite struct RedeemTests {
    @Test func aRequestWithoutTokenIsToldWhichKeysAreAccepted() async throws {
        try await ClearingHarness.run { clearing in
            let session = try await clearing.deliveredMint()
            let play = try await clearing.deliveredMint(capability: "play")
            for path in ["/redeem", "/verify"] {
                let answer = try await clearing.transport.send(HTTPTransportRequest(.post, .url(clearing.url + path)))
                #expect(answer.status == 401)
                #expect(answer.problem == "token-required")
                let challenges = PrivateTokenChallenge.parse(answer.values(of: "WWW-Authenticate"))
                #expect(challenges.map(\.challenge) == [clearing.challenge, clearing.challenge])
                #expect(challenges.map(\.tokenKey) == [play.record.publicKey, session.record.publicKey])
            }
        }
    }

    @Test func challengesOfReservedTypesAreMixedInNowAndThen() async throws {
        try await ClearingHarness.run { clearing in
            _ = try await clearing.deliveredMint()
            // Missing in 200 answers one chance in 10^11.
            for _ in 0..<200 {
                let answer = try await clearing.transport.send(
                    HTTPTransportRequest(.post, .url(clearing.url + "/redeem")))
                let fields = answer.values(of: "WWW-Authenticate")
                #expect(PrivateTokenChallenge.parse(fields).count == 1)
                if fields.count == 2 { return }
            }
            Issue.record("no reserved type among 200 answers")
        }
    }

    @Test func aTokenIsSpentForAReceiptThatAnyoneCanCheck() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let answer = try await clearing.present(token)
            #expect(answer.status == 200)
            #expect(answer.member("outcome") == "spent")
            #expect(answer.member("capability") == "session")
            let keys = try await clearing.transport.get(clearing.url + JSONWebKeySet.path)
            let key = try #require(JSONWebKeySet.publicKeys(in: keys.body)?.first)
            let receipt = try SpendReceipt(verifying: #require(answer.member("receipt")), key: key)
            #expect(receipt.nullifier == Nullifier(of: token.input))
            #expect(receipt.audience == "origin.example")

            let again = try await clearing.present(token)
            #expect(again.status == 409)
            #expect(again.problem == "already-spent")
            #expect(again.header("Portes-Problem") == "already-spent")
            #expect(answer.header("Portes-Problem") == nil)
        }
    }

    @Test func ofSixtyFourConcurrentRedemptionsExactlyOneSpends() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let statuses = try await withThrowingTaskGroup { group in
                for index in 0..<64 {
                    // Half of them with bindings, each its own.
                    let binding = index % 2 == 0 ? SpendBinding.random() : nil
                    group.addTask { try await clearing.present(token, binding: binding).status }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 409: 63])
        }
    }

    @Test func aReplayWithItsBindingGetsTheSameReceipt() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let binding = SpendBinding.random()
            let first = try await clearing.present(token, binding: binding)
            let second = try await clearing.present(token, binding: binding)
            #expect(first.member("outcome") == "spent" && second.member("outcome") == "replayed")
            #expect(first.member("receipt") != nil && first.member("receipt") == second.member("receipt"))
            #expect(try await clearing.present(token, binding: .random()).status == 409)
            #expect(try await clearing.present(token).status == 409)
        }
    }

    @Test func forgedForeignAndUnreadableTokensGetChallengesAndAReason() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let elsewhere = try TokenChallenge(
                tokenType: .voprfRistretto255, issuerName: ServerName(clearing.authority.issuer),
                originNames: [ServerName("elsewhere.example")])
            let good = try mint.token(for: clearing.challenge)
            let forged = try Token(input: good.input, authenticator: good.authenticator.reversed())
            let stranger = try TestMint(now: clearing.time.now().wall).token(for: clearing.challenge)
            let cases = [
                (forged, "bad-authenticator"), (try mint.token(for: elsewhere), "wrong-challenge"),
                (stranger, "unknown-key"),
            ]
            for path in ["/redeem", "/verify"] {
                for (token, problem) in cases {
                    let answer = try await clearing.present(token, at: path)
                    #expect(answer.status == 401 && answer.problem == problem)
                    #expect(!PrivateTokenChallenge.parse(answer.values(of: "WWW-Authenticate")).isEmpty)
                }
            }
            let unreadable = [
                ("PrivateToken token=\"AAUA\"", "malformed"), ("PrivateToken", "malformed"),
                ("PrivateToken token=\"AAMA\"", "wrong-token-type"), ("Bearer abc", "token-required"),
            ]
            for (value, problem) in unreadable {
                let answer = try await clearing.transport.send(
                    HTTPTransportRequest(
                        .post, .url(clearing.url + "/redeem"), headers: [(name: "Authorization", value: value)]))
                #expect(answer.status == 401 && answer.problem == problem)
            }
            // None of this spent the good one.
            #expect(try await clearing.present(good).status == 200)
        }
    }

    @Test func aBindingThatIsNoneSpendsNothing() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let authorization = PrivateTokenCredentials(token: token).fieldValue
            for binding in ["", "AAAA", "not base64", String(repeating: "A", count: 344)] {
                let answer = try await clearing.transport.send(
                    HTTPTransportRequest(
                        .post, .url(clearing.url + "/redeem"),
                        headers: [
                            (name: "Authorization", value: authorization), (name: "Portes-Binding", value: binding),
                        ]))
                #expect(answer.status == 400 && answer.problem == "bad-binding")
            }
            #expect(try await clearing.present(token).status == 200)
        }
    }

    @Test func verifySpendsAndNeverAdmitsTwice() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let binding = SpendBinding.random()
            let first = try await clearing.present(token, at: "/verify", binding: binding)
            #expect(first.status == 204 && first.body.isEmpty)
            #expect(first.header("Portes-Capability") == "session")
            let second = try await clearing.present(token, at: "/verify", binding: binding)
            #expect(second.status == 401 && second.problem == "already-spent")
            #expect(second.header("Portes-Problem") == "already-spent")
            #expect(!second.values(of: "WWW-Authenticate").isEmpty)
            #expect(try await clearing.present(token).status == 409)
        }
    }

    @Test func tokensForAFreshContextAreAcceptedForMinutesOnly() async throws {
        try await ClearingHarness.run(scope: .freshContext) { clearing in
            let mint = try await clearing.deliveredMint()
            let answer = try await clearing.transport.send(
                HTTPTransportRequest(.post, .url(clearing.url + "/redeem")))
            let sent = try #require(PrivateTokenChallenge.parse(answer.values(of: "WWW-Authenticate")).first)
            #expect(sent.challenge.redemptionContext != nil && sent.maximumAge == 120)
            #expect(try await clearing.present(mint.token(for: sent.challenge)).status == 200)
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).problem == "wrong-challenge")
            clearing.time.advance(seconds: 240)
            try await clearing.until { try await clearing.isReady() }
            #expect(try await clearing.present(mint.token(for: sent.challenge)).problem == "wrong-challenge")
        }
    }
}
