import KeySchedule
import Synchronization

/// Clocks that a test moves.
final class SettableClock: TimeSource {
    private let present: Mutex<Moment>

    init(_ seconds: Int64 = 1_800_000_000) {
        present = Mutex(Moment(wall: UnixTime(seconds: seconds), monotonic: .seconds(1_000)))
    }

    func now() -> Moment { present.withLock { $0 } }

    /// Time passes on both clocks, or somebody sets the calendar.
    func move(wall: Int64, monotonic: Int64) {
        present.withLock {
            $0 = Moment(wall: $0.wall.adding(seconds: wall), monotonic: $0.monotonic + .seconds(monotonic))
        }
    }
}
