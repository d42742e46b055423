import Foundation
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
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
