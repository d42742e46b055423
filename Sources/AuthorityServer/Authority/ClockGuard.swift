import KeySchedule

/// Whether the calendar still goes with the monotonic clock, as it did at the start.
///
/// Keys begin and end by the calendar. If somebody sets it while the authority runs, nobody knows which of the two
/// times is right: then nothing is issued and no key is made or ended until the calendar is back, or the authority is
/// started again.
struct ClockGuard: Sendable {
    /// By how many seconds the calendar may move.
    static let tolerance: Double = 60

    private let time: any TimeSource
    private let start: Moment

    /// A guard that takes the calendar to be right now.
    init(_ time: any TimeSource) {
        self.time = time
        start = time.now()
    }

    /// Whether the calendar has moved by at most 60 s.
    var isSteady: Bool { abs(time.now().calendarShift(since: start)) <= Self.tolerance }
}
