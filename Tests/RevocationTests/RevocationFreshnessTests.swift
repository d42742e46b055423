import KeySchedule
import Revocation
import Testing

@Suite struct RevocationFreshnessTests {
    private static let fetched = Moment(wall: Sample.time, monotonic: .seconds(5_000))
    private static let hour = Duration.seconds(3_600)

    private func moment(wall: Int64, monotonic: Duration) -> Moment {
        Moment(wall: Sample.time.adding(seconds: wall), monotonic: .seconds(5_000) + monotonic)
    }

    private func fresh() throws -> RevocationFreshness {
        try #require(RevocationFreshness(headTime: Sample.time, fetchedAt: Self.fetched))
    }

    @Test(arguments: [-60, -59, 0, 59, 60] as [Int64]) func aHeadWithinAMinuteCounts(off: Int64) {
        let head = Sample.time.adding(seconds: off)
        #expect(RevocationFreshness(headTime: head, fetchedAt: Self.fetched) != nil)
    }

    @Test(arguments: [-61, 61, -3_600, 3_600, -86_400, 86_400, .min, .max] as [Int64])
    func aHeadFurtherOffDoesNot(off: Int64) {
        let head = Sample.time.adding(seconds: off)
        #expect(RevocationFreshness(headTime: head, fetchedAt: Self.fetched) == nil)
    }

    @Test func withoutAFetchInThisRunNothingIsFresh() {
        #expect(!RevocationFreshness.never.isFresh(at: Self.fetched, limit: .seconds(Int64.max)))
        #expect(RevocationFreshness.never.age(at: Self.fetched) == nil)
    }

    @Test func aListIsFreshUpToItsLimitAndNotAMomentLonger() throws {
        let fresh = try fresh()
        #expect(fresh.isFresh(at: Self.fetched, limit: Self.hour))
        #expect(fresh.isFresh(at: moment(wall: 3_600, monotonic: Self.hour), limit: Self.hour))
        #expect(!fresh.isFresh(at: moment(wall: 3_600, monotonic: Self.hour + .nanoseconds(1)), limit: Self.hour))
        #expect(!fresh.isFresh(at: moment(wall: 3_601, monotonic: .seconds(3_601)), limit: Self.hour))
        #expect(fresh.age(at: moment(wall: 9, monotonic: .seconds(9))) == .seconds(9))
    }

    @Test(arguments: [-60, 60] as [Int64]) func aCalendarSetByAMinuteIsTolerated(shift: Int64) throws {
        #expect(try fresh().isFresh(at: moment(wall: 100 + shift, monotonic: .seconds(100)), limit: Self.hour))
    }

    @Test(arguments: [-61, 61, -3_600, 3_600, -86_400, 86_400, -1_000_000_000, 1_000_000_000] as [Int64])
    func aCalendarSetByMoreMakesTheListStale(shift: Int64) throws {
        #expect(try !fresh().isFresh(at: moment(wall: 100 + shift, monotonic: .seconds(100)), limit: Self.hour))
    }

    @Test func partsOfASecondCount() throws {
        let fresh = try fresh()
        #expect(fresh.isFresh(at: moment(wall: 160, monotonic: .milliseconds(100_500)), limit: Self.hour))
        #expect(!fresh.isFresh(at: moment(wall: 161, monotonic: .milliseconds(100_500)), limit: Self.hour))
    }

    @Test func aCalendarSetBackDoesNotMakeAnOldListFresh() throws {
        // The calendar says that a minute has passed, the machine has run for two hours.
        #expect(try !fresh().isFresh(at: moment(wall: 60, monotonic: .seconds(7_200)), limit: Self.hour))
    }

    @Test func aFetchAfterTheCalendarWasSetIsFreshAgain() throws {
        let jumped = moment(wall: 86_400, monotonic: .seconds(10))
        #expect(try !fresh().isFresh(at: jumped, limit: Self.hour))
        // The authority's clock did not jump: its head is a day old here, and does not count either.
        #expect(RevocationFreshness(headTime: Sample.time.adding(seconds: 10), fetchedAt: jumped) == nil)
        // Once the calendar is right again, or the authority's head agrees with it, verification opens.
        let agreed = try #require(RevocationFreshness(headTime: jumped.wall, fetchedAt: jumped))
        #expect(agreed.isFresh(at: jumped, limit: Self.hour))
    }
}
