#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The machine's own clocks.
public struct SystemTimeSource: TimeSource {
    private static let origin = ContinuousClock.now

    /// A source of the machine's present moments.
    public init() {}

    /// The present moment; the monotonic part counts from the process's first reading.
    public func now() -> Moment {
        let wall = UnixTime(seconds: Int64(Date.now.timeIntervalSince1970.rounded(.down)))
        return Moment(wall: wall, monotonic: SystemTimeSource.origin.duration(to: .now))
    }
}
