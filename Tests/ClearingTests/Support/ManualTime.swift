import KeySchedule
import Synchronization

/// Clocks that a test moves.
final class ManualTime: TimeSource {
    private let present = Mutex(Moment(wall: UnixTime(seconds: 1_800_000_000), monotonic: .seconds(1_000)))

    func now() -> Moment { present.withLock { $0 } }

    /// Time passes on both clocks.
    func advance(seconds: Int64) { move(wall: seconds, monotonic: seconds) }

    /// The clocks move apart.
    func move(wall: Int64, monotonic: Int64) {
        present.withLock {
            $0 = Moment(wall: $0.wall.adding(seconds: wall), monotonic: $0.monotonic + .seconds(monotonic))
        }
    }
}
