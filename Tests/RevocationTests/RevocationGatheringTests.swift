import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

@Suite struct RevocationGatheringTests {
    private func delta(after: UInt64, count: UInt64) throws -> RevocationDelta {
        let keyID = TokenKeyID(Bytes32.zero)
        let entries = (0..<count).map {
            RevocationEntry(
                sequence: after + $0 + 1, subject: .key(keyID), reason: .unspecified, effective: UnixTime(seconds: 0))
        }
        return try #require(RevocationDelta(after: after, entries: entries))
    }

    private func head(_ size: UInt64) -> RevocationHead {
        RevocationHead(issuer: "issuer.example", size: size, root: .zero, time: UnixTime(seconds: 0))
    }

    private func gathered(_ gathering: RevocationGathering) -> [UInt64] { gathering.entries.map(\.sequence) }

    @Test func deltasAreTakenUntilTheHead() throws {
        var gathering = try RevocationGathering(after: 3, upTo: head(10))
        try gathering.take(delta(after: 3, count: 4))
        #expect(!gathering.isComplete && gathering.size == 7)
        try gathering.take(delta(after: 7, count: 3))
        #expect(gathering.isComplete && gathered(gathering) == Array(4...10))
    }

    @Test func whatIsKnownIsPassedOverAndWhatIsBeyondTheHeadIsLeft() throws {
        var gathering = try RevocationGathering(after: 5, upTo: head(8))
        try gathering.take(delta(after: 0, count: 6))
        try gathering.take(delta(after: 4, count: 20))
        #expect(gathering.isComplete && gathered(gathering) == [6, 7, 8])
    }

    @Test func withNothingMissingNothingIsAskedFor() throws {
        #expect(try RevocationGathering(after: 5, upTo: head(5)).isComplete)
    }

    @Test func aDeltaThatBeginsLaterOrBringsNothingIsAGap() throws {
        for bad in try [delta(after: 6, count: 2), delta(after: 0, count: 5), delta(after: 5, count: 0)] {
            var gathering = try RevocationGathering(after: 5, upTo: head(9))
            #expect(throws: RevocationError.gap) { try gathering.take(bad) }
            #expect(gathering.entries.isEmpty)
        }
    }

    @Test func aHeadThatIsShorterOrTooFarAheadIsRefused() {
        #expect(throws: RevocationError.rollback) { try RevocationGathering(after: 5, upTo: head(4)) }
        for size in [5 + RevocationGathering.maximumEntryCount + 1, .max] {
            #expect(throws: RevocationError.tooLong) { try RevocationGathering(after: 5, upTo: head(size)) }
        }
    }
}
