/// One reading of both clocks: what the calendar says, and how long the machine has run.
///
/// A calendar can be set; a monotonic clock cannot. Whatever must not be fooled by the first asks the second too.
public struct Moment: Sendable, Hashable {
    /// The calendar's time.
    public let wall: UnixTime
    /// A monotonic time since some fixed but unknown point, which goes on while the machine sleeps.
    public let monotonic: Duration

    /// A moment from two readings taken together.
    public init(wall: UnixTime, monotonic: Duration) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// How many seconds the calendar moved against the monotonic clock since `earlier`; zero when nobody set it.
    public func calendarShift(since earlier: Moment) -> Double {
        let calendar = Double(wall.seconds) - Double(earlier.wall.seconds)
        let (seconds, attoseconds) = (monotonic - earlier.monotonic).components
        return calendar - (Double(seconds) + Double(attoseconds) / 1e18)
    }
}

/// Where moments come from: the machine's clocks, or a test's.
public protocol TimeSource: Sendable {
    /// The present moment.
    func now() -> Moment
}
