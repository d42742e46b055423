import KeySchedule
import Testing

@Suite struct UnixTimeTests {
    @Test(arguments: [
        (0, 0), (1, 0), (86_399, 0), (86_400, 86_400), (-1, -86_400), (-86_400, -86_400), (-86_401, -172_800),
        (1_800_000_000, 1_799_971_200),
    ] as [(Int64, Int64)])
    func aDayBeginsAtMidnightUTC(seconds: Int64, start: Int64) {
        #expect(UnixTime(seconds: seconds).startOfDay == UnixTime(seconds: start))
    }

    @Test func theFirstAndTheLastTimeHaveADayToo() {
        #expect(UnixTime(seconds: .max).startOfDay.seconds == .max - .max % 86_400)
        // Its day began before the first time that there is.
        #expect(UnixTime(seconds: .min).startOfDay.seconds == .min)
    }

    @Test func addingStopsAtTheEnds() {
        #expect(UnixTime(seconds: .max - 1).adding(seconds: 2).seconds == .max)
        #expect(UnixTime(seconds: .min + 1).adding(seconds: -2).seconds == .min)
        #expect(UnixTime(seconds: 10).adding(seconds: -3).seconds == 7)
    }

    @Test func differencesStopAtTheEnds() {
        let (first, last) = (UnixTime(seconds: .min), UnixTime(seconds: .max))
        #expect(last.seconds(since: first) == .max)
        #expect(first.seconds(since: last) == .min)
        #expect(first.seconds(since: UnixTime(seconds: 1)) == .min)
        #expect(last.seconds(since: UnixTime(seconds: -1)) == .max)
        #expect(first.seconds(since: first) == 0)
        #expect(UnixTime(seconds: 3).seconds(since: UnixTime(seconds: 10)) == -7)
    }

    @Test func aCalendarThatNobodySetsDoesNotShift() {
        let earlier = Moment(wall: UnixTime(seconds: 100), monotonic: .seconds(5))
        let later = Moment(wall: UnixTime(seconds: 160), monotonic: .seconds(65))
        #expect(later.calendarShift(since: earlier) == 0)
        #expect(earlier.calendarShift(since: later) == 0)
    }

    @Test(arguments: [-3_600, -1, 1, 3_600] as [Int64])
    func aCalendarThatWasSetShiftsByAsMuch(shift: Int64) {
        let earlier = Moment(wall: UnixTime(seconds: 100), monotonic: .seconds(5))
        let later = Moment(wall: UnixTime(seconds: 160 + shift), monotonic: .seconds(65))
        #expect(later.calendarShift(since: earlier) == Double(shift))
    }

    @Test func timesFarApartAreComparedWithoutOverflow() {
        let first = Moment(wall: UnixTime(seconds: .min), monotonic: .zero)
        let last = Moment(wall: UnixTime(seconds: .max), monotonic: .seconds(Int64.max))
        #expect(last.calendarShift(since: first) > 9e18)
    }
}
