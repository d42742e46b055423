import Foundation
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import ServerSupport
import TestSupport
import Testing

@testable import ClearingServer

@Suite struct BatchDamageTests {
    private struct Item: Codable, Equatable {
        let token: String
        let binding: String?
    }

    /// What a batch's decoder reads, in a form that can be compared and written again.
    private static func items(_ body: [UInt8]) throws -> [Item] {
        try BatchRoute.decode(Data(body)).map { presented in
            let token = try? presented.token.get()
            return Item(
                token: token.map { Base64URL.encode($0.encoded) } ?? "?",
                binding: presented.binding.map { Base64URL.encode($0.bytes) })
        }
    }

    @Test(arguments: [
        #"[{"token":"AA","token":"AA"}]"#, #"[{"token":"AA","binding":null,"binding":"B"}]"#,
        #"[{"token":"AA"},{"binding":"B","token":"AA","binding":"C"}]"#, #"[{"token":"AA","tok\u0065n":"AB"}]"#,
        #"[{"token":"AA","\u0074oken":"\"AB"}]"#,
    ])
    func anItemWithAMemberTwiceIsRefused(text: String) {
        #expect(throws: HTTPProblem.badRequest("an item has a member twice; nothing was spent")) {
            try BatchRoute.decode(Data(text.utf8))
        }
    }

    @Test func colonsAndQuotesInValuesAreNoMembers() throws {
        let text = #"[ {"token" : "a:b\":\\", "binding":null} , {"token":"::"} ]"#
        #expect(try BatchRoute.decode(Data(text.utf8)).count == 2)
        #expect(JSONMembers.count(in: text.utf8) == 3)
        // Another encoding than UTF-8, in which bytes mean something else.
        let wide = try #require(text.data(using: .utf16LittleEndian))
        #expect(throws: HTTPProblem.self) { try BatchRoute.decode(wide) }
    }

    @Test func aDamagedBatchIsRefusedOrAnotherBatch() throws {
        let mint = try TestMint(now: .init(seconds: 1_800_000_000))
        let token = try mint.token(
            for: TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example")))
        let items = [
            Item(token: Base64URL.encode(token.encoded), binding: Base64URL.encode(Randomness.bytes(16))),
            Item(token: "?", binding: nil),
        ]
        let mistakes = Damage.mistakes(with: Array(try JSONEncoder().encode(items))) {
            try Self.items($0)
        } encode: {
            try Array(JSONEncoder().encode($0))
        }
        #expect(mistakes.isEmpty)
    }
}
