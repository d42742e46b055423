import KeySchedule
import PortesVerifier
import Sessions
import Synchronization

/// A store that fails on demand, and lets a test do something between what it read and its answer.
final class StoreOfTests: ClosedSessionStore {
    struct Failure: Error {}
    private let base = MemoryClosedSessions()
    private let state = Mutex<(fails: Bool, whileRead: (@Sendable () async -> Void)?)>((false, nil))

    var fails: Bool {
        get { state.withLock { $0.fails } }
        set { state.withLock { $0.fails = newValue } }
    }
    /// Done once.
    var whileRead: (@Sendable () async -> Void)? {
        get { state.withLock { $0.whileRead } }
        set { state.withLock { $0.whileRead = newValue } }
    }

    func close(_ id: SessionID, until expiry: UnixTime) async throws {
        if fails { throw Failure() }
        await base.close(id, until: expiry)
    }

    func closed(at time: UnixTime) async throws -> [SessionID: UnixTime] {
        if fails { throw Failure() }
        let answer = await base.closed(at: time)
        let action = whileRead
        whileRead = nil
        await action?()
        return answer
    }
}
