import ClearingServer
import HTTPTransport
import KeySchedule
import LibSodium
import PrivacyPass
import Recovery
import Testing

/// What a clearing server publishes of the tokens that were spent.
@Suite(.timeLimit(.minutes(5))) struct SpentFilterRouteTests {
    private func filter(_ harness: ClearingHarness, _ keyID: TokenKeyID) async throws -> HTTPTransportResponse {
        try await harness.transport.get(harness.url + "\(SpentFilter.path)/\(keyID.hexadecimal)")
    }

    @Test func whatWasSpentIsPublishedTheSameBytesForEveryone() async throws {
        try await ClearingHarness.run(configure: { $0.spentInterval = .milliseconds(50) }) { harness in
            let mint = try await harness.deliveredMint()
            let tokens = try (0..<5).map { _ in try mint.token(for: harness.challenge) }
            for token in tokens.dropLast(2) { #expect(try await harness.present(token).status == 200) }
            try await harness.until {
                let answer = try await filter(harness, mint.record.id)
                return answer.status == 200 ? try SpentFilter(decoding: answer.body).count == 3 : false
            }
            let answer = try await filter(harness, mint.record.id)
            let published = try SpentFilter(decoding: answer.body)
            let nullifiers = tokens.map { Nullifier(of: $0.input) }
            #expect(published.spent(among: nullifiers) == Set(nullifiers.dropLast(2)))
            #expect(answer.header("content-type") == SpentFilter.mediaType)
            let again = try await filter(harness, mint.record.id)
            #expect(again.body == answer.body && again.header("etag") == answer.header("etag"))
            let unknown = TokenKeyID(Randomness.bytes32())
            #expect(try await filter(harness, unknown).status == 404)
            #expect(try await harness.transport.get(harness.url + "/spent/x").status == 404)
        }
    }

    @Test func withinTheHourItStaysAsItIs() async throws {
        try await ClearingHarness.run { harness in
            let mint = try await harness.deliveredMint()
            try await harness.until { try await filter(harness, mint.record.id).status == 200 }
            let before = try await filter(harness, mint.record.id).body
            #expect(try await harness.present(mint.token(for: harness.challenge)).status == 200)
            // Nothing of a spend shows before the hour is over: else looking twice would tell when it was.
            #expect(try await filter(harness, mint.record.id).body == before)
            #expect(try SpentFilter(decoding: before).count == 0)
        }
    }
}
