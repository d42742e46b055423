import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

@testable import ClearingServer

@Suite struct RevocationGatheringTests {
    private let pageSize = UInt64(RevocationPage.maximumEntryCount)

    private func page(
        after: UInt64, first: UInt64? = nil, count: UInt64
    ) throws -> RevocationPage {
        let keyID = TokenKeyID(try #require(Bytes32([UInt8](repeating: 1, count: 32))))
        let first = first ?? after + 1
        let entries = (0..<count).map {
            RevocationEntry(
                sequence: first &+ $0, subject: .key(keyID), reason: .unspecified, effective: UnixTime(seconds: 0))
        }
        return RevocationPage(after: after, entries: entries, signedHead: "head")
    }

    private func head(_ size: UInt64) -> RevocationHead {
        RevocationHead(issuer: "issuer.example", size: size, root: .zero, time: UnixTime(seconds: 0))
    }

    @Test func pagesAreTakenUntilTheHeadAlsoIfItGrows() throws {
        var gathering = RevocationGathering(after: 3)
        try gathering.take(page(after: 3, count: pageSize), head: head(3 + pageSize + 1))
        #expect(!gathering.isComplete && gathering.size == 3 + pageSize)
        try gathering.take(page(after: 3 + pageSize, count: 2), head: head(3 + pageSize + 2))
        #expect(gathering.isComplete && gathering.entries.count == Int(pageSize) + 2)
    }

    @Test func aPageThatEndsAtTheHeadIsTheLast() throws {
        var gathering = RevocationGathering(after: 0)
        try gathering.take(page(after: 0, count: pageSize), head: head(pageSize))
        #expect(gathering.isComplete)
    }

    @Test func pagesAndEntriesThatDoNotFollowAreRefused() throws {
        let bad = [
            try page(after: 4, count: 2), try page(after: 6, count: 2), try page(after: .max, first: 6, count: 2),
            try page(after: 5, first: 5, count: 2), try page(after: 5, first: 7, count: 2),
            try page(after: 5, first: .max, count: 2), try page(after: 5, first: 0, count: 1),
        ]
        for page in bad {
            var gathering = RevocationGathering(after: 5)
            #expect(throws: RevocationError.gap) { try gathering.take(page, head: head(100)) }
            #expect(gathering.entries.isEmpty)
        }
    }

    @Test func noMoreEntriesAreTakenThanTheHeadCounts() throws {
        var gathering = RevocationGathering(after: 5)
        #expect(throws: RevocationError.gap) { try gathering.take(page(after: 5, count: 3), head: head(7)) }
    }

    @Test func aHeadThatIsShorterOrTooFarAheadIsRefused() throws {
        var gathering = RevocationGathering(after: 5)
        #expect(throws: RevocationError.rollback) { try gathering.take(page(after: 5, count: 0), head: head(4)) }
        for size in [5 + RevocationGathering.maximumEntryCount + 1, .max] {
            #expect(throws: RevocationError.tooLong) { try gathering.take(page(after: 5, count: 1), head: head(size)) }
        }
        try gathering.take(page(after: 5, count: pageSize), head: head(5 + 2 * pageSize))
        #expect(throws: RevocationError.rollback) {
            try gathering.take(page(after: 5 + pageSize, count: 1), head: head(5 + pageSize + 1))
        }
    }
}
