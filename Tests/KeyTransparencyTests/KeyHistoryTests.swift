import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Testing
import VOPRF

/// A log of one capability with an epoch of 100 s, acceptance of 50 s and an announcement of 20 s.
struct Story {
    let capability: Capability
    let purpose: KeyHistory.Purpose
    var history = KeyHistory()

    init(_ name: String = "session") throws {
        capability = try #require(Capability(name))
        purpose = KeyHistory.Purpose(capability, .voprfRistretto255)
        try apply(0, .terms(try #require(RotationTerms(
            capability: capability, tokenType: .voprfRistretto255, epoch: 100, acceptance: 50, announcement: 20))))
    }

    func key(
        _ notBefore: Int64, _ issueUntil: Int64, _ acceptUntil: Int64, like other: KeyRecord? = nil
    ) throws -> KeyRecord {
        try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255,
            publicKey: other?.publicKey ?? ServerPrivateKey().publicKey.encoded.bytes,
            notBefore: UnixTime(seconds: notBefore), issueUntil: UnixTime(seconds: issueUntil),
            acceptUntil: UnixTime(seconds: acceptUntil))
    }

    mutating func apply(_ time: Int64, _ event: KeyEvent) throws(HistoryViolation) {
        try history.apply(LogEntry(time: UnixTime(seconds: time), event: event))
    }

    /// Announces a key and gives it back.
    @discardableResult
    mutating func announce(
        _ time: Int64, _ notBefore: Int64, _ issueUntil: Int64, _ acceptUntil: Int64
    ) throws -> KeyRecord {
        let record = try key(notBefore, issueUntil, acceptUntil)
        try apply(time, .announced(record))
        return record
    }

    func issuing(_ time: Int64) -> TokenKeyID? {
        history.issuingKey(for: purpose, at: UnixTime(seconds: time))?.record.id
    }
}

struct KeyHistoryTests {
    @Test func keysThatFollowEachOtherAreAllowedAndOneIssuesAtATime() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        let second = try story.announce(80, 100, 200, 250)
        #expect(story.issuing(0) == first.id && story.issuing(99) == first.id)
        let third = try story.announce(150, 200, 300, 350)
        try story.apply(150, .ended(first.id, issued: 7))
        #expect(story.issuing(100) == second.id && story.issuing(200) == third.id && story.issuing(300) == nil)
        #expect(story.history.keys[first.id]?.issued == 7 && story.history.size == 5)
    }

    @Test func aSecondIssuingKeyIsAViolation() throws {
        var story = try Story()
        try story.announce(0, 0, 100, 150)
        let before = story
        #expect(throws: HistoryViolation.windowsOverlap) { try story.announce(0, 50, 150, 200) }
        #expect(throws: HistoryViolation.windowsOverlap) { try story.announce(0, 0, 100, 150) }
        #expect(throws: HistoryViolation.windowsOverlap) { try story.announce(0, 99, 200, 250) }
        #expect(story.history == before.history)
        // The same time for another capability is another matter.
        var other = try Story("play")
        other.history = story.history
        try other.apply(0, .terms(try #require(RotationTerms(
            capability: other.capability, tokenType: .voprfRistretto255, epoch: 1, acceptance: 0, announcement: 0))))
        try other.announce(0, 0, 100, 150)
    }

    @Test func aWindowShorterThanTheEpochIsAViolationUnlessARevokedKeyWentBefore() throws {
        var story = try Story()
        #expect(throws: HistoryViolation.windowTooShort) { try story.announce(0, 0, 99, 150) }
        let first = try story.announce(0, 0, 100, 150)
        #expect(throws: HistoryViolation.windowTooShort) { try story.announce(50, 100, 199, 250) }
        try story.apply(60, .revoked(first.id, .keyCompromised))
        #expect(story.issuing(60) == nil)
        let second = try story.announce(60, 60, 100, 150)
        #expect(story.issuing(60) == second.id)
    }

    @Test func acceptanceShorterThanPromisedIsAViolation() throws {
        var story = try Story()
        #expect(throws: HistoryViolation.acceptanceTooShort) { try story.announce(0, 0, 100, 149) }
    }

    @Test func aKeyAnnouncedLateIsAViolationUnlessItIsTheFirstOrARevokedOneWentBefore() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        #expect(throws: HistoryViolation.announcedLate) { try story.announce(81, 100, 200, 250) }
        try story.announce(80, 100, 200, 250)
        try story.apply(90, .revoked(first.id, .keyCompromised))
        #expect(throws: HistoryViolation.announcedLate) { try story.announce(90, 89, 100, 150) }
        try story.announce(90, 90, 100, 150)
        // When all keys are over, the next is a first one again.
        try story.announce(1_000, 1_000, 1_100, 1_150)
    }

    @Test func withoutTermsThereIsNoKey() throws {
        var story = try Story()
        story.history = KeyHistory()
        #expect(throws: HistoryViolation.noTerms) { try story.announce(0, 0, 100, 150) }
    }

    @Test func timeDoesNotGoBack() throws {
        var story = try Story()
        try story.announce(10, 10, 110, 160)
        #expect(throws: HistoryViolation.timeWentBack) { try story.announce(9, 110, 210, 260) }
    }

    @Test func aKeyIsAnnouncedOnce() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        #expect(throws: HistoryViolation.announcedTwice) { try story.apply(0, .announced(first)) }
        let again = try story.key(100, 200, 250, like: first)
        #expect(throws: HistoryViolation.announcedTwice) { try story.apply(0, .announced(again)) }
    }

    @Test func whatWasNeverAnnouncedOrIsOverDoesNotChange() throws {
        var story = try Story()
        let stranger = try story.key(0, 100, 150)
        #expect(throws: HistoryViolation.unknownKey) { try story.apply(0, .revoked(stranger.id, .unspecified)) }
        #expect(throws: HistoryViolation.unknownKey) { try story.apply(0, .ended(stranger.id, issued: 0)) }
        #expect(throws: HistoryViolation.unknownKey) { try story.apply(0, .rescheduled(stranger)) }
        let first = try story.announce(0, 0, 100, 150)
        #expect(throws: HistoryViolation.endedEarly) { try story.apply(149, .ended(first.id, issued: 1)) }
        try story.apply(149, .revoked(first.id, .keyCompromised))
        #expect(throws: HistoryViolation.keyIsOver) { try story.apply(149, .revoked(first.id, .unspecified)) }
        #expect(throws: HistoryViolation.keyIsOver) { try story.apply(149, .rescheduled(first)) }
        // Revoked or not, the count is not final before the date.
        #expect(throws: HistoryViolation.endedEarly) { try story.apply(149, .ended(first.id, issued: 1)) }
        #expect(throws: HistoryViolation.endedEarly) {
            try story.apply(149, .redeemed(first.id, count: 1, statement: "a.b.c"))
        }
        try story.apply(150, .ended(first.id, issued: 1))
        #expect(throws: HistoryViolation.keyIsOver) { try story.apply(150, .ended(first.id, issued: 2)) }
        for _ in 0..<2 { try story.apply(150, .redeemed(first.id, count: .max - 1, statement: "a.b.c")) }
        #expect(story.history.keys[first.id]?.redeemed == .max)
    }

    @Test func aLogThatBeginsWhileAKeyIssuesMayHaveThatKeyAndNoOtherOfThePast() throws {
        var story = try Story()
        let first = try story.announce(50, 0, 100, 150)
        #expect(story.issuing(50) == first.id)
        story = try Story()
        try story.announce(50, 50, 150, 200)
        #expect(throws: HistoryViolation.announcedLate) { try story.announce(170, 160, 260, 310) }
    }

    @Test func underDevelopmentTermsDatesMoveButWindowsDoNotOverlap() throws {
        var story = try Story()
        try story.apply(0, .terms(try #require(RotationTerms(
            capability: story.capability, tokenType: .voprfRistretto255, epoch: 100, acceptance: 50, announcement: 20,
            isDevelopment: true))))
        let first = try story.announce(0, 0, 100, 150)
        #expect(throws: HistoryViolation.windowsOverlap) { try story.announce(10, 10, 110, 160) }
        try story.apply(10, .rescheduled(try story.key(0, 10, 150, like: first)))
        let second = try story.announce(10, 10, 11, 11)
        #expect(story.issuing(10) == second.id && story.history.isDevelopment)
        // For good: later promises do not undo it.
        try story.apply(20, .terms(try #require(RotationTerms(
            capability: story.capability, tokenType: .voprfRistretto255, epoch: 100, acceptance: 50, announcement: 20))))
        #expect(story.history.isDevelopment)
    }

    @Test func aPublishedDateMovesEarlierOnlyBecauseOfARevocation() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        let next = try story.announce(70, 100, 200, 250)
        func earlier(_ notBefore: Int64) throws -> KeyEvent {
            .rescheduled(try story.key(notBefore, 200, 250, like: next))
        }
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(70, try earlier(90)) }
        #expect(throws: HistoryViolation.dateMovedEarlier) {
            try story.apply(70, .rescheduled(try story.key(100, 199, 250, like: next)))
        }
        #expect(throws: HistoryViolation.dateMovedEarlier) {
            try story.apply(70, .rescheduled(try story.key(100, 200, 249, like: next)))
        }
        try story.apply(75, .revoked(first.id, .keyCompromised))
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(75, try earlier(74)) }
        try story.apply(75, try earlier(75))
        #expect(story.issuing(75) == next.id)
        // It has begun, so nothing moves it any more.
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(80, try earlier(90)) }
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(80, try earlier(60)) }
        try story.apply(80, .rescheduled(try story.key(75, 210, 260, like: next)))
    }

    @Test func threeKeysMayLiveAndFiveAfterARevocation() throws {
        var story = try Story()
        try story.announce(0, 0, 100, 1_000)
        let second = try story.announce(0, 100, 200, 1_000)
        try story.announce(0, 200, 300, 1_000)
        #expect(throws: HistoryViolation.tooManyKeys) { try story.announce(0, 300, 400, 1_000) }
        try story.apply(0, .revoked(second.id, .keyCompromised))
        for start in [300, 400, 500] as [Int64] { try story.announce(0, start, start + 100, 1_000) }
        #expect(throws: HistoryViolation.tooManyKeys) { try story.announce(0, 600, 700, 1_000) }
    }

    @Test func fromItsDayOnNoKeyOfARevokedCapabilityIssuesAndNoneIsAnnounced() throws {
        var story = try Story()
        func revoked(_ day: Int64) -> KeyEvent {
            .capabilityRevoked(story.capability, from: UnixTime(seconds: day), .withdrawn)
        }
        let unknown = KeyEvent.capabilityRevoked(try #require(Capability("play")), from: .init(seconds: 0), .withdrawn)
        #expect(throws: HistoryViolation.noTerms) { try story.apply(0, unknown) }
        let key = try story.announce(0, 0, 100, 150)
        try story.apply(10, revoked(200))
        for day in [200, 201] as [Int64] {
            #expect(throws: HistoryViolation.revokedAgain) { try story.apply(10, revoked(day)) }
        }
        #expect(throws: HistoryViolation.capabilityIsRevoked) { try story.announce(20, 200, 300, 350) }
        let next = try story.announce(20, 100, 250, 300)
        #expect(story.issuing(99) == key.id && story.issuing(199) == next.id && story.issuing(200) == nil)
        try story.apply(30, revoked(50))
        #expect(story.issuing(49) == key.id && story.issuing(50) == nil)
    }

    @Test func aKeyThatIsPutOffStillIssuesForItsEpoch() throws {
        var story = try Story()
        try story.announce(0, 0, 100, 150)
        let next = try story.announce(0, 100, 200, 250)
        #expect(throws: HistoryViolation.windowTooShort) {
            try story.apply(50, .rescheduled(story.key(150, 200, 250, like: next)))
        }
        try story.apply(50, .rescheduled(story.key(150, 250, 300, like: next)))
    }

    @Test func everyEntryComesBackAsItsBytes() throws {
        let story = try Story()
        let record = try story.key(1, 101, 151)
        let events: [KeyEvent] = [
            .terms(try #require(RotationTerms(
                capability: story.capability, tokenType: .voprfRistretto255, epoch: 604_800, acceptance: 604_800,
                announcement: 86_400))),
            .terms(try #require(RotationTerms(
                capability: story.capability, tokenType: .voprfRistretto255, epoch: 1, acceptance: 0, announcement: 0,
                isDevelopment: true))),
            .redeemed(record.id, count: 17, statement: "eyJ.eyJ.c2ln"), .announced(record), .rescheduled(record),
            .revoked(record.id, .ledgerLost), .ended(record.id, issued: .max),
            .capabilityRevoked(story.capability, from: UnixTime(seconds: 86_400), .withdrawn),
        ]
        for event in events {
            let entry = LogEntry(time: UnixTime(seconds: 1_800_000_000), event: event)
            let bytes = entry.encoded
            #expect(try LogEntry(decoding: bytes) == entry)
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                // Another entry, or none: never this one, and never written in two ways.
                if let other = try? LogEntry(decoding: changed) { #expect(other != entry && other.encoded == changed) }
            }
            for length in bytes.indices {
                #expect(throws: NoteError.malformed) { try LogEntry(decoding: Array(bytes.prefix(length))) }
            }
        }
        let tooMany = [UInt8](repeating: 0x20, count: LogEntry.maximumCount + 1)
        #expect(throws: NoteError.tooLarge) { try LogEntry(decoding: tooMany) }
    }
}
