public import KeySchedule
public import Sessions

/// Remembers which sessions were closed before their end, until then.
public protocol ClosedSessionStore: Sendable {
    /// Closes a session that ends at `expiry`; answers only after it is durable. Closing it again changes nothing.
    func close(_ id: SessionID, until expiry: UnixTime) async throws

    /// The sessions that were closed, each with its end. Those that ended ``OpenSessions/grace`` before `time` may be
    /// forgotten.
    func closed(at time: UnixTime) async throws -> [SessionID: UnixTime]
}
