internal import HTTPTypes
public import Hummingbird
public import PrivacyPass

/// Protects routes with tokens: spends one for each request, and hands what it was good for to the handler.
///
/// A request without a good token is answered with 401 and a challenge for each capability that is accepted (RFC 9577,
/// section 2); see ``PrivacyPassRefusal`` for the others. The token is spent before the handler runs, and stays spent
/// if that fails. A token that comes again is refused. What comes after the middleware does not see the token, which is
/// of no use any more.
///
/// Add it to the routes that it protects, as below: added to the whole router it runs before it is known whether there
/// is a route, and a request for none costs a token too. What a browser asks beforehand (CORS preflight) goes through.
///
/// ```swift
/// let router = Router(context: BasicPrivacyPassRequestContext.self)
/// router.group("levels").add(middleware: PrivacyPassMiddleware(origin, accepting: [play]))
///     .get("{level}") { _, context in "let in for \(try context.capability.name)" }
/// ```
public struct PrivacyPassMiddleware<Context: PrivacyPassRequestContext>: RouterMiddleware {
    private let origin: PrivacyPassOrigin
    private let capabilities: Set<Capability>?

    /// A middleware that takes tokens of these capabilities; of any whose key the origin knows, where none are given.
    public init(_ origin: PrivacyPassOrigin, accepting capabilities: Set<Capability>? = nil) {
        self.origin = origin
        self.capabilities = capabilities
    }

    /// Spends the request's token and goes on, or throws ``PrivacyPassRefusal``.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // It has no token, and is answered by what comes after, never by a protected handler.
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        if isPreflight || isLetIn(by: context.redemption) { return try await next(request, context) }
        var (head, context) = (request.head, context)
        context.redemption = try await origin.redeem(
            request.headers[values: .authorization], accepting: capabilities)
        head.headerFields[.authorization] = nil
        return try await next(Request(head: head, body: request.body), context)
    }

    /// Whether a middleware of the same origin before this one has spent a token that is accepted here too: a request
    /// has but one.
    private func isLetIn(by redemption: TokenRedemption?) -> Bool {
        guard let redemption, redemption.origin == ObjectIdentifier(origin) else { return false }
        return capabilities?.contains(redemption.capability) ?? true
    }
}
