public import Hummingbird
public import PortesVerifier

/// A request context that says which session a request was let in with.
///
/// ``BasicSessionRequestContext`` is one; an app with a context of its own adds the one property:
/// `var session: AdmittedSession? = nil`.
public protocol SessionRequestContext: RequestContext {
    /// The session that ``SessionMiddleware`` let in; `nil` on a route without it.
    var session: AdmittedSession? { get set }
}

extension SessionRequestContext {
    /// The session that this request was let in with. Throws `HTTPError` 500 on a route without ``SessionMiddleware``.
    public var admitted: AdmittedSession {
        get throws {
            guard let session else { throw HTTPError(.internalServerError) }
            return session
        }
    }
}

/// The context of a Hummingbird app that needs nothing else in it.
public struct BasicSessionRequestContext: SessionRequestContext {
    /// What every context has.
    public var coreContext: CoreRequestContextStorage
    /// The session that the request was let in with.
    public var session: AdmittedSession?

    /// The context of one request.
    public init(source: Source) { coreContext = .init(source: source) }
}
