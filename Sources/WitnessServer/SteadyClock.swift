internal import KeySchedule

/// The calendar, as long as it can be believed: a cosignature says when it was made.
struct SteadyClock: Sendable {
    /// How far the calendar may move against the monotonic clock while the witness runs, in seconds.
    private static let tolerance: Double = 60

    private let source: any TimeSource
    private let start: Moment

    /// A clock that takes the present calendar as right.
    init(_ source: any TimeSource) {
        self.source = source
        start = source.now()
    }

    /// The calendar's time; nil if it is before 1970, or was set since the start by more than a minute.
    var now: UnixTime? {
        let now = source.now()
        guard abs(now.calendarShift(since: start)) <= Self.tolerance, now.wall.seconds > 0 else { return nil }
        return now.wall
    }
}
