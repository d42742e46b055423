import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation
import Testing

/// What a log would try that wants a second issuing key, or another one for somebody.
struct KeyHistoryAttackTests {
    @Test func aKeyForATimeThatIsPastIsNotAnnouncedWhenTheOneOfThenHasEnded() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        try story.apply(150, .ended(first.id, issued: 1))
        #expect(throws: HistoryViolation.windowsOverlap) { try story.announce(150, 0, 200, 250) }
        #expect(throws: HistoryViolation.announcedLate) { try story.announce(150, 100, 200, 250) }
        try story.announce(150, 150, 250, 300)
    }

    @Test func theFirstKeyOfALogStillIssuesWhenItIsAnnounced() throws {
        var story = try Story()
        #expect(throws: HistoryViolation.announcedLate) { try story.announce(100, 0, 100, 150) }
        try story.announce(99, 0, 100, 150)
    }

    @Test func whatHasStoppedIssuingDoesNotIssueAgain() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        let longer = KeyEvent.rescheduled(try story.key(0, 200, 250, like: first))
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(100, longer) }
        #expect(throws: HistoryViolation.keyIsOver) { try story.apply(150, longer) }
        // While it issues it may go on, and while its tokens are accepted they may be longer.
        try story.apply(120, .rescheduled(try story.key(0, 100, 200, like: first)))
        story = try Story()
        let other = try story.announce(0, 0, 100, 150)
        try story.apply(99, .rescheduled(try story.key(0, 200, 250, like: other)))
        #expect(story.issuing(199) == other.id)
    }

    @Test func onlyTheKeyRightAfterARevokedOneMayBeginEarlier() throws {
        var story = try Story()
        let first = try story.announce(0, 0, 100, 1_000)
        let second = try story.announce(0, 100, 200, 1_000)
        let third = try story.announce(0, 200, 300, 1_000)
        try story.apply(50, .revoked(first.id, .keyCompromised))
        let earlier = KeyEvent.rescheduled(try story.key(60, 300, 1_000, like: third))
        #expect(throws: HistoryViolation.dateMovedEarlier) {
            try story.apply(50, .rescheduled(try story.key(150, 300, 1_000, like: third)))
        }
        try story.apply(50, .rescheduled(try story.key(60, 200, 1_000, like: second)))
        #expect(throws: HistoryViolation.dateMovedEarlier) { try story.apply(50, earlier) }
        try story.apply(70, .revoked(second.id, .keyCompromised))
        try story.apply(70, .rescheduled(try story.key(70, 300, 1_000, like: third)))
    }

    @Test func revokedKeysWhoseTimeIsNotOverAreNotWithoutNumber() throws {
        var story = try Story()
        for _ in 0..<KeyHistory.maximumKeysInAcceptance {
            let key = try story.announce(10, 10, 110, 160)
            try story.apply(10, .revoked(key.id, .keyCompromised))
        }
        #expect(throws: HistoryViolation.tooManyKeys) { try story.announce(10, 10, 110, 160) }
        // They are forgotten when their tokens would have been accepted no longer.
        try story.announce(160, 160, 260, 310)
    }

    @Test func aKeyIsHeldToTheTermsUnderWhichItWasAnnouncedOrToWeakerOnesOfNow() throws {
        func terms(_ epoch: Int64, _ acceptance: Int64, of story: Story) throws -> KeyEvent {
            .terms(try #require(RotationTerms(
                capability: story.capability, tokenType: .voprfRistretto255, epoch: epoch, acceptance: acceptance,
                announcement: 20)))
        }
        var story = try Story()
        let first = try story.announce(0, 0, 100, 150)
        let second = try story.announce(0, 100, 200, 250)
        try story.apply(10, try terms(400, 200, of: story))
        #expect(throws: HistoryViolation.windowTooShort) { try story.announce(10, 200, 599, 900) }
        // What is announced may still change, and take a revoked key's place.
        try story.apply(10, .rescheduled(try story.key(100, 210, 260, like: second)))
        try story.apply(20, .revoked(first.id, .keyCompromised))
        try story.apply(20, .rescheduled(try story.key(20, 210, 260, like: second)))
        try story.apply(30, try terms(10, 10, of: story))
        #expect(throws: HistoryViolation.dateMovedEarlier) {
            try story.apply(30, .rescheduled(try story.key(20, 209, 260, like: second)))
        }
    }
}
