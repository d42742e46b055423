import ClearingServer
import Foundation
import HTTPTransport
import PortesVerifier
import PrivacyPass
import Testing

@Suite struct BatchTests {
    private struct Item: Encodable {
        let token: String
        var binding: String?
    }

    private struct Outcome: Decodable, Equatable {
        let outcome: String
        var capability: String?
        var receipt: String?
        var problem: String?
    }

    private static func post(
        _ items: [Item], to clearing: ClearingHarness, contentType: String = "application/json"
    ) async throws -> HTTPTransportResponse {
        try await clearing.transport.post(
            clearing.url + "/redeem/batch", contentType: contentType, body: Array(JSONEncoder().encode(items)))
    }

    private static func outcomes(_ items: [Item], from clearing: ClearingHarness) async throws -> [Outcome] {
        let answer = try await post(items, to: clearing)
        #expect(answer.status == 200)
        return try JSONDecoder().decode([Outcome].self, from: Data(answer.body))
    }

    private static func item(_ token: Token, binding: SpendBinding? = nil) -> Item {
        Item(token: Base64URL.encode(token.encoded), binding: binding.map { Base64URL.encode($0.bytes) })
    }

    @Test func everyTokenIsAnsweredAtItsPlace() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let (one, two) = (try mint.token(for: clearing.challenge), try mint.token(for: clearing.challenge))
            let forged = try Token(input: two.input, authenticator: one.authenticator)
            let binding = SpendBinding.random()
            let outcomes = try await Self.outcomes(
                [
                    Self.item(one, binding: binding), Self.item(forged), Self.item(one, binding: binding),
                    Item(token: "AAUA"), Self.item(one), Self.item(two), Item(token: "?"),
                ], from: clearing)
            #expect(
                outcomes.map(\.outcome) == [
                    "spent", "refused", "replayed", "refused", "already-spent", "spent", "refused",
                ])
            #expect(outcomes[0].receipt != nil && outcomes[0].receipt == outcomes[2].receipt)
            #expect(outcomes[0].capability == "session")
            #expect(outcomes[1].problem == "urn:portes:problem:bad-authenticator")
            #expect(outcomes[3].problem == "urn:portes:problem:malformed")
        }
    }

    @Test func aThousandTokensAreTakenAndOneMoreIsNot() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let items = try (0..<1_000).map { _ in
                Self.item(try mint.token(for: clearing.challenge), binding: .random())
            }
            let first = try await Self.outcomes(items, from: clearing)
            #expect(first.count == 1_000 && first.allSatisfy { $0.outcome == "spent" })
            let second = try await Self.outcomes(items, from: clearing)
            #expect(second.map(\.outcome) == Array(repeating: "replayed", count: 1_000))
            #expect(second.map(\.receipt) == first.map(\.receipt))
            #expect(try await Self.post(items + [items[0]], to: clearing).status == 422)
        }
    }

    @Test func batchesThatCannotBeReadSpendNothing() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let good = Self.item(try mint.token(for: clearing.challenge))
            #expect(try await Self.post([], to: clearing).status == 422)
            for other in [
                "text/plain", "application/jsonx", "application/ json", "application/json, text/plain", ";", "",
            ] {
                #expect(try await Self.post([good], to: clearing, contentType: other).status == 415, "\(other)")
            }
            for same in ["Application/JSON", "application/json;charset=utf-8", " application/json\t; charset=utf-8"] {
                let other = Self.item(try mint.token(for: clearing.challenge))
                #expect(try await Self.post([other], to: clearing, contentType: same).status == 200, "\(same)")
            }
            let short = try await Self.post([good, Item(token: good.token, binding: "AAAA")], to: clearing)
            #expect(short.status == 400 && short.problem == "bad-binding")
            for body in ["", "[", "{}", "[1]", "[{}]"] {
                let answer = try await clearing.transport.post(
                    clearing.url + "/redeem/batch", contentType: "application/json", body: Array(body.utf8))
                #expect(answer.status == 400 && answer.problem == "bad-request")
            }
            let misspelt = Array(#"[{"token":"\#(good.token)","Binding":"AAECAwQFBgcICQoLDA0ODw"}]"#.utf8)
            let refused = try await clearing.transport.post(
                clearing.url + "/redeem/batch", contentType: "application/json", body: misspelt)
            #expect(refused.status == 400 && refused.problem == "bad-request")
            #expect(refused.member("detail")?.contains("neither token nor binding") == true)
            let large = try await clearing.transport.post(
                clearing.url + "/redeem/batch", contentType: "application/json",
                body: [UInt8](repeating: 0x20, count: 1024 * 1024 + 1))
            #expect(large.status == 413)
            #expect(try await Self.outcomes([good], from: clearing).first?.outcome == "spent")
        }
    }
}
