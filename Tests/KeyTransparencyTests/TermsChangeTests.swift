import KeySchedule
import KeyTransparency
import PrivacyPass
import TestSupport
import Testing

/// What becomes of the schedule when terms change while keys of the earlier ones are live.
struct TermsChangeTests {
    private typealias Issuer = RotationPlanTests.Issuer

    private func goesOn(_ issuer: Issuer, from seconds: Int64) -> Bool {
        issuer.plan.goesOn(
            limit: KeyHistory.maximumLiveKeys, limitAfterRevocation: KeyHistory.maximumLiveKeysAfterRevocation,
            from: UnixTime(seconds: seconds))
    }

    /// Changes the terms, publishes them and looks every second until `end`, when a key has to issue each time; throws
    /// what the log refuses.
    private func change(_ issuer: inout Issuer, to terms: RotationTerms, at start: Int64, until end: Int64) throws {
        issuer.terms = terms
        try issuer.history.apply(LogEntry(time: UnixTime(seconds: start), event: .terms(terms)))
        for time in start...end {
            try issuer.look(at: time)
            #expect(issuer.issuing(at: time) != nil, "at \(time)")
        }
    }

    private func terms(_ epoch: Int64, _ acceptance: Int64, _ announcement: Int64) throws -> RotationTerms {
        let session = try #require(Capability("session"))
        return try #require(RotationTerms(
            capability: session, tokenType: .voprfRistretto255, epoch: epoch,
            acceptance: acceptance, announcement: announcement))
    }

    @Test func aMuchShorterEpochAtOnceIsMoreThanTheLogAllowsAndInTwoStepsItIsNot() throws {
        var issuer = try Issuer(epoch: 1_000, acceptance: 1_000, announcement: 100)
        for time in 0...3_500 as ClosedRange<Int64> { try issuer.look(at: time) }
        var hasty = issuer
        hasty.terms = try terms(100, 100, 10)
        #expect(!goesOn(hasty, from: 3_500))
        #expect(throws: HistoryViolation.tooManyKeys) {
            try change(&hasty, to: terms(100, 100, 10), at: 3_500, until: 8_000)
        }
        issuer.terms = try terms(1_000, 100, 100)
        #expect(goesOn(issuer, from: 3_500))
        try change(&issuer, to: issuer.terms, at: 3_500, until: 8_500)
        issuer.terms = try terms(100, 100, 10)
        #expect(goesOn(issuer, from: 8_500))
        try change(&issuer, to: issuer.terms, at: 8_500, until: 11_000)
        #expect(issuer.issuing(at: 11_000)?.issueUntil.seconds(since: UnixTime(seconds: 11_000)) ?? 1_000 <= 100)
    }

    @Test func aLongerAnnouncementThatComesTooLateIsSeen() throws {
        var issuer = try Issuer(epoch: 1_000, acceptance: 1_000, announcement: 10)
        for time in 0...700 as ClosedRange<Int64> { try issuer.look(at: time) }
        issuer.terms = try terms(1_000, 1_000, 300)
        #expect(goesOn(issuer, from: 700) && !goesOn(issuer, from: 701))
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func termsThatAreFoundToGoOnBreakNoRuleAndLeaveNoGap(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        func random() throws -> RotationTerms {
            let epoch = Int64.random(in: 20...400, using: &generator)
            let made = try terms(
                epoch, Int64.random(in: 0...2 * epoch, using: &generator),
                Int64.random(in: 0...epoch, using: &generator))
            return made.keepsThreeKeys ? made : try terms(epoch, epoch, epoch / 4)
        }
        let before = try random()
        var issuer = try Issuer(
            epoch: before.epoch, acceptance: before.acceptance, announcement: before.announcement)
        let start = Int64.random(in: 0...2_000, using: &generator)
        for time in 0...start { try issuer.look(at: time) }
        let after = try random()
        var changed = issuer
        changed.terms = after
        guard goesOn(changed, from: start) else { return }
        try change(&issuer, to: after, at: start, until: start + 2_000)
    }
}
