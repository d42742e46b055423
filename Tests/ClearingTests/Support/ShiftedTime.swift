import KeySchedule
import Synchronization

/// The machine's clocks, which a test can set forward.
final class ShiftedTime: TimeSource {
    private let shift = Mutex<Int64>(0)
    private let source = SystemTimeSource()

    func now() -> Moment {
        let (now, shift) = (source.now(), shift.withLock { $0 })
        return Moment(wall: now.wall.adding(seconds: shift), monotonic: now.monotonic + .seconds(shift))
    }

    /// Time passes on both clocks.
    func advance(seconds: Int64) { shift.withLock { $0 += seconds } }
}
