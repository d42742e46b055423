import ClearingServer
import ClearingStore
import Foundation
import HTTPTransport
import HTTPTypes
import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import TestSupport
import Testing

/// The counts of ended keys on their way to the authority.
@Suite struct CountReportTests {
    /// Spends two tokens, and lets the key end for good.
    private func endKey(_ clearing: ClearingHarness) async throws -> TestMint {
        let mint = try await clearing.deliveredMint()
        for _ in 0..<2 {
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
        }
        clearing.time.advance(seconds: 7_200 + 24 * 3_600 + 1)
        return mint
    }

    @Test func theFinalCountIsSignedAndHandedOverOnce() async throws {
        let directory = try TemporaryDirectory()
        let authority = TestAuthority()
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            let mint = try await endKey(clearing)
            try await clearing.until { !clearing.stub.statements.value.isEmpty }
            let signer = try CountSigner(atPath: directory.path)
            let statement = try #require(clearing.stub.statements.value.first)
            #expect(
                try RedeemedCount(verifying: statement, key: signer.publicKey)
                    == RedeemedCount(
                        issuer: authority.issuer, verifier: clearing.application.identity.id, keyID: mint.record.id,
                        count: 2))
            let keys = try await clearing.transport.get(clearing.url + "/.well-known/jwks.json")
            #expect(String(decoding: keys.body, as: UTF8.self).components(separatedBy: "\"kid\"").count == 4)
        }
        // A copy that a killed backup left is of no use to a server.
        let leftover = directory.path + "/snapshot.sqlite"
        try Data([1]).write(to: URL(filePath: leftover))
        // Remembered: another run has nothing to say, although it looks.
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            let looked = clearing.stub.directoryFetches.value + 20
            try await clearing.until { clearing.stub.directoryFetches.value > looked }
            #expect(clearing.stub.statements.value.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: leftover))
        }
    }

    @Test func aCountThatIsNeverTakenKeepsNoOtherBack() async throws {
        try await ClearingHarness.run { clearing in
            clearing.stub.countStatus.value = .unprocessableContent
            for number in 1...2 {
                _ = try await endKey(clearing)
                try await clearing.until { Set(clearing.stub.statements.value).count == number }
            }
        }
    }

    @Test func aCountThatIsNotTakenIsSentAgain() async throws {
        try await ClearingHarness.run { clearing in
            clearing.stub.countStatus.value = .unprocessableContent
            _ = try await endKey(clearing)
            try await clearing.until { clearing.stub.statements.value.count >= 3 }
            #expect(Set(clearing.stub.statements.value).count == 1)
            clearing.stub.countStatus.value = .noContent
            let refused = clearing.stub.statements.value.count
            try await clearing.until { clearing.stub.statements.value.count > refused }
        }
    }

    @Test func aCountThatContradictsAnEarlierOneIsNotSentForEver() async throws {
        let directory = try TemporaryDirectory()
        let authority = TestAuthority()
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            clearing.stub.countStatus.value = .conflict
            _ = try await endKey(clearing)
            try await clearing.until { clearing.stub.statements.value.count == 1 }
            let looked = clearing.stub.directoryFetches.value + 20
            try await clearing.until { clearing.stub.directoryFetches.value > looked }
            #expect(clearing.stub.statements.value.count == 1)
        }
    }
}
