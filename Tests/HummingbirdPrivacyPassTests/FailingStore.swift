import KeySchedule
import PortesVerifier
import Sessions
import Synchronization

/// A store of what was closed that fails on demand.
final class FailingStore: ClosedSessionStore {
    struct Failure: Error {}
    let fails = Mutex(false)
    private let base = MemoryClosedSessions()

    func close(_ id: SessionID, until expiry: UnixTime) async throws {
        if fails.withLock({ $0 }) { throw Failure() }
        await base.close(id, until: expiry)
    }

    func closed(at time: UnixTime) async throws -> [SessionID: UnixTime] {
        if fails.withLock({ $0 }) { throw Failure() }
        return await base.closed(at: time)
    }
}
