internal import KeySchedule
internal import Synchronization

/// The list of closed sessions as it is given out, made at most every few seconds however many ask.
final class ClosedListCache: Sendable {
    private let made = Mutex<(time: UnixTime, bytes: [UInt8])?>(nil)

    /// For how many seconds a list is given out.
    static let lifetime: Int64 = 5

    /// Has the list made anew for the next who asks.
    func forget() { made.withLock { $0 = nil } }

    /// The list, or what `make` gives where it is too old.
    func bytes(
        at now: UnixTime, _ make: () async throws(SessionRefusal) -> [UInt8]
    ) async throws(SessionRefusal) -> [UInt8] {
        if let kept = made.withLock({ $0 }), (0..<Self.lifetime).contains(now.seconds(since: kept.time)) {
            return kept.bytes
        }
        let bytes = try await make()
        made.withLock { $0 = (now, bytes) }
        return bytes
    }
}
