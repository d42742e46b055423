import Foundation
import KeySchedule
import PrivacyPass
import Testing

@Suite struct KeyRecordTests {
    /// The generator (RFC 9496, appendix A.1).
    private static let publicKey =
        Hexadecimal.decode("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76") ?? []

    private func record(
        _ notBefore: Int64 = 1_000, _ issueUntil: Int64 = 2_000, _ acceptUntil: Int64 = 3_000,
        publicKey: [UInt8] = KeyRecordTests.publicKey, type: TokenType = .voprfRistretto255
    ) throws -> KeyRecord {
        try KeyRecord(
            capability: #require(Capability("session")), tokenType: type, publicKey: publicKey,
            notBefore: UnixTime(seconds: notBefore), issueUntil: UnixTime(seconds: issueUntil),
            acceptUntil: UnixTime(seconds: acceptUntil))
    }

    @Test(arguments: [
        (.min, .announced), (999, .announced), (1_000, .issuing), (1_001, .issuing), (1_999, .issuing),
        (2_000, .accepting), (2_999, .accepting), (3_000, .ended), (3_001, .ended), (.max, .ended),
    ] as [(Int64, KeyState)])
    func eachStateBeginsAtItsDateAndNotBefore(seconds: Int64, state: KeyState) throws {
        let record = try record()
        #expect(record.state(at: UnixTime(seconds: seconds), isRevoked: false) == state)
        #expect(record.state(at: UnixTime(seconds: seconds), isRevoked: true) == .revoked)
    }

    @Test func onlyIssuingAndAcceptingKeysAcceptTokens() {
        #expect(KeyState.issuing.acceptsTokens && KeyState.accepting.acceptsTokens)
        for state in [KeyState.announced, .ended, .revoked] { #expect(!state.acceptsTokens, "\(state)") }
    }

    @Test func aKeyWhoseDatesAreOneGoesFromAnnouncedToEnded() throws {
        let record = try record(1_000, 1_000, 1_000)
        #expect(record.state(at: UnixTime(seconds: 999), isRevoked: false) == .announced)
        #expect(record.state(at: UnixTime(seconds: 1_000), isRevoked: false) == .ended)
    }

    @Test(arguments: [(2_001, 2_000, 3_000), (1_000, 3_001, 3_000), (3_000, 2_000, 1_000)] as [(Int64, Int64, Int64)])
    func datesOutOfOrderAreRefused(dates: (Int64, Int64, Int64)) {
        #expect(throws: KeyRecord.RecordError.datesOutOfOrder) { try record(dates.0, dates.1, dates.2) }
    }

    @Test func whatIsNoPublicKeyOfTheTypeIsRefused() {
        let identity = [UInt8](repeating: 0, count: 32)
        for publicKey in [[], identity, Array(Self.publicKey.dropLast()), Self.publicKey + [0]] {
            #expect(throws: KeyRecord.RecordError.invalidPublicKey) { try record(publicKey: publicKey) }
        }
        #expect(throws: KeyRecord.RecordError.invalidPublicKey) { try record(type: TokenType(rawValue: 2)) }
    }

    @Test func endingIssuanceNeverProlongsIt() throws {
        let record = try record()
        #expect(record.endingIssuance(at: UnixTime(seconds: 1_500)).issueUntil.seconds == 1_500)
        #expect(record.endingIssuance(at: UnixTime(seconds: 2_500)).issueUntil.seconds == 2_000)
        // An announced key that is ended never issues, and its dates still rise.
        #expect(record.endingIssuance(at: UnixTime(seconds: 500)).issueUntil.seconds == 1_000)
        #expect(record.endingIssuance(at: UnixTime(seconds: 1_500)).acceptUntil == record.acceptUntil)
        #expect(record.endingIssuance(at: UnixTime(seconds: 1_500)).id == record.id)
    }

    @Test func aRecordDecodesToItself() throws {
        let record = try record()
        let encoded = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(KeyRecord.self, from: encoded) == record)
    }

    @Test(arguments: [
        (#""issue-until":2000"#, #""issue-until":999"#), (#""capability":"session""#, #""capability":"Session""#),
        (#""token-type":5"#, #""token-type":2"#), (#""token-type":5"#, #""token-type":65541"#),
        (#""token-key":""#, #""token-key":"!"#), (#""not-before":1000"#, #""not-before":1000.5"#),
        (#""accept-until":3000"#, #""accept-later":3000"#),
    ])
    func aRecordThatCouldNotBeMadeDoesNotDecode(part: String, changed: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let text = String(decoding: try encoder.encode(record()), as: UTF8.self)
        let other = text.replacing(part, with: changed)
        #expect(other != text)
        #expect(throws: (any Error).self, "\(changed)") {
            try JSONDecoder().decode(KeyRecord.self, from: Data(other.utf8))
        }
    }
}
