import AuthorityStore
import KeySchedule
import Synchronization

/// Whether the calendar still goes with the monotonic clock, as it did at the start.
///
/// Keys begin and end by the calendar. If somebody sets it while the authority runs, nobody knows which of the two
/// times is right: then nothing is issued and no key is made or ended until the calendar is back, or the authority is
/// started again. Small corrections, which clocks need, add up to nothing: once an hour the calendar is taken as it is.
final class ClockGuard: Sendable {
    /// By how many seconds the calendar may move within an hour.
    static let tolerance: Double = 60
    private static let anchorAge: Duration = .seconds(3_600)

    private let time: any TimeSource
    private let anchor: Mutex<Moment>

    /// A guard that takes the calendar to be right now.
    init(_ time: any TimeSource) {
        self.time = time
        anchor = Mutex(time.now())
    }

    /// Whether the calendar has moved by at most 60 s.
    var isSteady: Bool {
        let now = time.now()
        return anchor.withLock { anchor in
            guard abs(now.calendarShift(since: anchor)) <= Self.tolerance else { return false }
            if now.monotonic - anchor.monotonic > Self.anchorAge { anchor = now }
            return true
        }
    }
}

extension Authority {
    /// Whether the calendar is where it was, and not before what is known to have been: the newest entry of the key
    /// log, and the time up to which ended keys were forgotten.
    var isClockRight: Bool {
        let known = max(housekeepingTime, database.keyLogSummary.lastTime ?? housekeepingTime)
        return clock.isSteady && Double(known.seconds(since: time.now().wall)) <= ClockGuard.tolerance
    }
}
