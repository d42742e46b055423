public import KeySchedule

/// How current a replica's list is: the time of the newest head it fetched in this run.
///
/// A process that just started has none and counts as stale; so does one whose calendar was moved since.
public struct RevocationFreshness: Sendable, Hashable {
    /// How far a head's time, or the calendar, may be off: 60 s.
    public static let tolerance: Double = 60

    private let fetched: Moment?

    /// Nothing fetched yet in this run.
    public static let never = RevocationFreshness(fetched: nil)

    private init(fetched: Moment?) { self.fetched = fetched }

    /// A head signed at `headTime` was fetched at `moment`; `nil` if the two differ by more than 60 s, since then
    /// either the head is old or the calendar is wrong.
    ///
    /// Only for a head whose signature was checked (``RevocationHead/init(verifying:key:)``) and whose list was taken
    /// into the ``RevocationList``: a verifier believes this value, and accepts revoked tokens if it is not true.
    public init?(headTime: UnixTime, fetchedAt moment: Moment) {
        guard abs(Double(moment.wall.seconds) - Double(headTime.seconds)) <= RevocationFreshness.tolerance else {
            return nil
        }
        fetched = moment
    }

    /// Whether the list may be relied on at `now`: fetched at most `limit` ago by the monotonic clock, and the
    /// calendar not moved by more than 60 s since.
    public func isFresh(at now: Moment, limit: Duration) -> Bool {
        guard let fetched else { return false }
        return now.monotonic - fetched.monotonic <= limit
            && abs(now.calendarShift(since: fetched)) <= RevocationFreshness.tolerance
    }

    /// How long ago the head was fetched, or `nil` if never in this run.
    public func age(at now: Moment) -> Duration? { fetched.map { now.monotonic - $0.monotonic } }
}
