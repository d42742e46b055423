internal import HTTPTypes
public import Hummingbird
internal import PortesVerifier
public import PrivacyPass

/// Protects routes with sessions: lets a request in that shows one, and hands it to the handler.
///
/// A request without a good session is answered with 401; see ``SessionRefusal``. What comes after the middleware does
/// not see the session's text. What a browser asks beforehand (CORS preflight) goes through.
public struct SessionMiddleware<Context: SessionRequestContext>: RouterMiddleware {
    private let sessions: SessionService
    private let capabilities: Set<Capability>?

    /// A middleware that lets sessions of these capabilities in; of any that the service opens, where none are given.
    public init(_ sessions: SessionService, accepting capabilities: Set<Capability>? = nil) {
        self.sessions = sessions
        self.capabilities = capabilities
    }

    /// Checks the request's session and goes on, or throws ``SessionRefusal``.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // It has no session, and is answered by what comes after, never by a protected handler.
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            return try await next(request, context)
        }
        var (head, context) = (request.head, context)
        // One before this may have let it in already; a proof counts once.
        let isChecked = context.session.map(sessions.isOwn) ?? false
        let session = if isChecked, let session = context.session { session } else { try await sessions.admit(request) }
        guard capabilities?.contains(session.capability) ?? true else { throw SessionRefusal.wrongCapability }
        context.session = session
        head.headerFields[.authorization] = nil
        head.headerFields[.dpop] = nil
        return try await next(Request(head: head, body: request.body), context)
    }
}
