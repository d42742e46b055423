public import KeySchedule
public import Sessions
internal import Synchronization

/// What was closed, in memory: a restart opens again what was closed, until its end. For tests, and where sessions are
/// short.
public final class MemoryClosedSessions: ClosedSessionStore {
    private let ids = Mutex<[SessionID: UnixTime]>([:])

    /// Nothing closed.
    public init() {}

    /// Closes a session.
    public func close(_ id: SessionID, until expiry: UnixTime) async { ids.withLock { $0[id] = max($0[id] ?? expiry, expiry) } }

    /// What is closed.
    public func closed(at time: UnixTime) async -> [SessionID: UnixTime] {
        ids.withLock { ids in
            ids = ids.filter { $0.value >= time.adding(seconds: -OpenSessions.grace) }
            return ids
        }
    }
}
