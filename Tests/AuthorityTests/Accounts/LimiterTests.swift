import Accounts
import Attestation
import KeySchedule
import LibSodium
import Testing

struct LimiterTests {
    private static let start: Duration = .seconds(1_000)

    @Test func soManyAMinuteAreLetThroughAndThenOneAsTimePasses() throws {
        let limiter = RateLimiter(perMinute: 6, at: Self.start)
        for _ in 0..<6 { #expect(limiter.take(at: Self.start) == nil) }
        #expect(limiter.take(at: Self.start) == 10)
        #expect(limiter.take(at: Self.start + .seconds(9)) == 1)
        #expect(limiter.take(at: Self.start + .seconds(10)) == nil)
        #expect(limiter.take(at: Self.start + .seconds(10)) != nil)
        // A long silence saves up no more than a minute's worth.
        for _ in 0..<6 { #expect(limiter.take(at: Self.start + .seconds(100_000)) == nil) }
        #expect(limiter.take(at: Self.start + .seconds(100_000)) != nil)
    }

    @Test func guessesAreCountedForEachAddressAndForgottenAfterAnHour() {
        let limiter = GuessLimiter(limit: 3, at: Self.start)
        let (one, other): ([UInt8], [UInt8]) = ([192, 0, 2, 1], [192, 0, 2, 2])
        for _ in 0..<3 {
            #expect(limiter.pause(for: one, at: Self.start) == nil)
            limiter.wrongGuess(from: one, at: Self.start)
        }
        #expect(limiter.pause(for: one, at: Self.start + .seconds(600)) == 3_000)
        #expect(limiter.pause(for: other, at: Self.start + .seconds(600)) == nil)
        #expect(limiter.pause(for: one, at: Self.start + .seconds(3_600)) == nil)
    }

    @Test func aLimiterHoldsNoAddress() {
        let limiter = GuessLimiter(limit: 1, at: Self.start)
        limiter.wrongGuess(from: Array("203.0.113.77".utf8), at: Self.start)
        var text = ""
        dump(limiter, to: &text)
        #expect(!text.contains("203.0.113.77") && !text.contains("50, 48, 51"))
    }

    @Test func aChallengeIsAnsweredOnceInItsTimeAndByItsMaker() throws {
        let keeper = ChallengeKeeper(difficulty: 9)
        let now = UnixTime(seconds: 1_800_000_000)
        let challenge = keeper.challenge(at: now)
        #expect(challenge.difficulty == 9)
        try keeper.check(challenge, at: now)
        #expect(throws: ChallengeKeeper.Refusal.expired) {
            try keeper.check(challenge, at: now.adding(seconds: ChallengeKeeper.life + 1))
        }
        #expect(throws: ChallengeKeeper.Refusal.notOurs) {
            try ChallengeKeeper(difficulty: 9).check(challenge, at: now)
        }
        try keeper.use(challenge, at: now.adding(seconds: ChallengeKeeper.life))
        #expect(throws: ChallengeKeeper.Refusal.answered) { try keeper.use(challenge, at: now) }
        keeper.release(challenge)
        try keeper.use(challenge, at: now)
    }

    @Test func ofSixtyFourAnswersAtOnceOneCounts() async {
        let keeper = ChallengeKeeper(difficulty: 9)
        let now = UnixTime(seconds: 1_800_000_000)
        let challenge = keeper.challenge(at: now)
        let count = await withTaskGroup { group in
            for _ in 0..<64 { group.addTask { (try? keeper.use(challenge, at: now)) == nil ? 0 : 1 } }
            return await group.reduce(0, +)
        }
        #expect(count == 1)
    }

    @Test func aFloodOfBogusAnswersLeavesNothingAndCostsNextToNothing() {
        let keeper = ChallengeKeeper(difficulty: 20)
        let now = UnixTime(seconds: 1_800_000_000)
        let key = SecretBytes(randomCount: 32)
        let forged = (0..<1_000).map { _ in AccountChallenge(difficulty: 0, expires: now.seconds + 60, key: key) }
        let clock = ContinuousClock()
        let time = clock.measure {
            for challenge in forged { #expect(throws: ChallengeKeeper.Refusal.notOurs) { try keeper.check(challenge, at: now) } }
        }
        #expect(time < .seconds(2), "1,000 bogus challenges took \(time)")
    }
}
