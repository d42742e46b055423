public import KeySchedule
public import PrivacyPass
public import Sessions
internal import Synchronization

/// Which sessions of a service count: those that were not closed early, each proof once.
///
/// What was closed is read from its store at the start and kept in memory, with the proofs of the last two minutes; so
/// asking waits for nothing. Several processes hear of what another one closed by ``reload(at:)``.
public final class OpenSessions: Sendable {
    private let store: any ClosedSessionStore
    private let known = Mutex(Known())

    /// How many proofs are remembered at most; more in two minutes are turned away.
    public static let proofLimit = 200_000

    /// For how long a session is known to be closed after its end, in seconds: a day.
    public static let grace: Int64 = 24 * 3_600
    private static let longestSilence: Int64 = 600
    /// How often what was closed is read again, in seconds.
    private static let reloadInterval: Int64 = 60

    private struct Known {
        var closed: [SessionID: UnixTime] = [:]
        var proofs = ProofMemory()
        var due: UnixTime?
        /// When it was last read from the store.
        var read: UnixTime?
    }

    /// What becomes of a session that was asked for.
    public enum Admission: Sendable {
        /// It counts.
        case admitted(AdmittedSession)
        /// It does not.
        case refused(SessionFailure)
        /// Too many proofs came in the last two minutes, or it is not known yet what was closed: come again.
        case overloaded
    }

    /// What is open by a store, which is asked first by ``reload(at:)``: before that nothing is admitted.
    public init(_ store: any ClosedSessionStore) { self.store = store }

    /// Whether it is known what was closed, as of the last ten minutes: where the store has failed for longer, closings
    /// by other processes may have gone unheard.
    public func isCurrent(at now: UnixTime) -> Bool {
        known.withLock { known in
            guard let read = known.read else { return false }
            return abs(now.seconds(since: read)) <= Self.longestSilence
        }
    }

    /// Whether it is time for ``reload(at:)``; one caller is told so each minute, or all until the first has succeeded.
    public func isDue(at now: UnixTime) -> Bool {
        known.withLock { known in
            guard known.read != nil, let due = known.due else { return true }
            // A clock that was set back is not to keep it from being read.
            guard now >= due || due.seconds(since: now) > Self.reloadInterval else { return false }
            known.due = now.adding(seconds: Self.reloadInterval)
            return true
        }
    }

    /// Lets a session in, unless it was closed or its proof came before.
    public func admit(_ session: VerifiedSession, at now: Moment) -> Admission {
        known.withLock { known in
            guard known.read != nil else { return .overloaded }
            if known.closed[session.claims.id] != nil { return .refused(.closed) }
            guard now.wall < session.claims.expiry.adding(seconds: SessionVerifier.leeway) else {
                return .refused(.expired)
            }
            if let proof = session.proof {
                // It may have waited since it was checked; one that is remembered no more must not count.
                guard proof.isCurrent(at: now.wall) else { return .refused(.staleProof) }
                guard known.proofs.hasRoom(at: now.monotonic) else { return .overloaded }
                guard known.proofs.remember(proof, at: now.monotonic) else { return .refused(.replayedProof) }
            }
            return .admitted(AdmittedSession(session.claims, by: ObjectIdentifier(self)))
        }
    }

    /// Whether a session was closed.
    public func isClosed(_ id: SessionID) -> Bool { known.withLock { $0.closed[id] != nil } }

    /// Closes a session before its end. Durable when it returns; throws what the store throws, and the session may be
    /// open then.
    public func close(_ session: AdmittedSession) async throws {
        // Longer by the leeway with which its end is checked.
        let end = session.claims.expiry.adding(seconds: SessionVerifier.leeway)
        try await store.close(session.claims.id, until: end)
        known.withLock { $0.closed[session.claims.id] = end }
    }

    /// Reads again what was closed, and forgets what has ended: to be called now and then, such as every minute.
    public func reload(at now: UnixTime) async throws {
        let closed = try await store.closed(at: now)
        known.withLock { known in
            // One that was closed here while the store was read is not to be open again; nor is any for a clock that
            // jumps ahead and back.
            known.closed = known.closed.filter { $0.value >= now.adding(seconds: -Self.grace) }
                .merging(closed) { max($0, $1) }
            known.read = now
            known.due = now.adding(seconds: Self.reloadInterval)
        }
    }

    /// What is closed and has not ended.
    public func closedList(at now: UnixTime) -> ClosedSessionList {
        known.withLock { ClosedSessionList(Set($0.closed.filter { $0.value >= now }.keys)) }
    }
}

/// A session that lets its bearer in: signed, current, not closed, and shown with its device's key where it has one.
public struct AdmittedSession: Sendable, Hashable {
    package let claims: SessionClaims

    /// What it lets its bearer do.
    public var capability: Capability { claims.capability }
    /// When it ends.
    public var expiry: UnixTime { claims.expiry }
    /// Its name: the same for all requests of one session, and of no other. What an app keeps under it goes at its end.
    public var id: SessionID { claims.id }

    /// Who let it in: no other has looked whether it was closed.
    package let admission: ObjectIdentifier

    // Out of reach for everything but `OpenSessions.admit`.
    fileprivate init(_ claims: SessionClaims, by admission: ObjectIdentifier) {
        self.claims = claims
        self.admission = admission
    }
}

extension AdmittedSession: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a session.
    public var description: String { "AdmittedSession" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
