public import Hummingbird
public import PrivacyPass

/// A request context that says what a request was let in for.
///
/// ``BasicPrivacyPassRequestContext`` is one; an app with a context of its own adds the one property:
/// `var redemption: TokenRedemption? = nil`.
public protocol PrivacyPassRequestContext: RequestContext {
    /// The token that ``PrivacyPassMiddleware`` spent for this request; `nil` on a route without it.
    var redemption: TokenRedemption? { get set }
}

extension PrivacyPassRequestContext {
    /// What this request was let in for. Throws `HTTPError` 500 on a route without ``PrivacyPassMiddleware``.
    public var capability: Capability {
        get throws {
            guard let redemption else { throw HTTPError(.internalServerError) }
            return redemption.capability
        }
    }
}

/// The context of a Hummingbird app that needs nothing else in it.
public struct BasicPrivacyPassRequestContext: PrivacyPassRequestContext {
    /// What every context has.
    public var coreContext: CoreRequestContextStorage
    /// The token that was spent for this request.
    public var redemption: TokenRedemption?

    /// The context of one request.
    public init(source: Source) { coreContext = .init(source: source) }
}

/// A proof that a token was spent for a request: only ``PrivacyPassMiddleware`` can make one.
///
/// It holds nothing that could tell one token from another.
public struct TokenRedemption: Sendable, Hashable {
    /// What the token was good for.
    public let capability: Capability
    // Another origin's token lets nobody in here.
    let origin: ObjectIdentifier

    init(capability: Capability, origin: PrivacyPassOrigin) {
        self.capability = capability
        self.origin = ObjectIdentifier(origin)
    }
}
