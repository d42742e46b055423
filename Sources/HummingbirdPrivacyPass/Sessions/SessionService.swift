internal import HTTPTypes
public import Hummingbird
internal import KeySchedule
internal import LibSodium
internal import NIOCore
public import PortesVerifier
public import PrivacyPass
internal import ServerSupport
internal import Sessions
public import SignIn

/// Anonymous sessions in an app's own routes: opened with a token, closed at will, checked by
/// ``SessionMiddleware``.
///
/// ```swift
/// let sessions = SessionService(origin, audience: audience, key: key, accepting: [session], closed: store)
/// sessions.addRoutes(to: router)
/// router.group("levels").add(middleware: SessionMiddleware(sessions))
///     .get { _, context in "let in for \(try context.admitted.capability.name)" }
/// ```
///
/// A session is a JSON Web Token without a person and without a time of its beginning, which any gateway checks with
/// the key set at `/.well-known/jwks.json`. Where the client sends a DPoP proof with its token (RFC 9449), the session
/// is bound to that key, and is of no use to whoever steals it.
public final class SessionService: Sendable {
    /// The service at which the sessions count.
    public let audience: Audience
    private let origin: PrivacyPassOrigin
    private let capabilities: Set<Capability>
    private let opener: SessionOpener
    private let verifier: SessionVerifier
    private let open: OpenSessions
    private let closedList = ClosedListCache()
    private let keySet: [UInt8]
    private let servers: [String]

    /// A service that opens sessions with tokens of `capabilities` which `origin` takes.
    ///
    /// All processes of the service have one `key`, which is kept as long as such tokens are accepted, and one store of
    /// what was closed. `life` is how many seconds a session counts at least, 60 to 86,400. `servers` are the names,
    /// host and port, at which clients reach the service: a proof for any other is refused. Where none are given, the
    /// one in a request's `Host` counts, which a relay can choose.
    public init(
        _ origin: PrivacyPassOrigin, audience: Audience, key: SessionKey, accepting capabilities: Set<Capability>,
        life: Int64 = 3_600, closed store: any ClosedSessionStore, servers: [ServerName] = []
    ) {
        self.origin = origin
        self.audience = audience
        self.capabilities = capabilities
        opener = SessionOpener(audience: audience, key: key, life: life)
        verifier = SessionVerifier(audience: audience, keys: [key.publicKey])
        open = OpenSessions(store)
        keySet = key.keySet
        self.servers = servers.map(\.text)
    }

    /// Adds `POST` and `DELETE /sessions`, `GET /sessions/closed` and `GET /.well-known/jwks.json`.
    public func addRoutes(to router: some RouterMethods) {
        router.post("sessions") { request, _ in try await self.open(request) }
        router.delete("sessions") { request, _ in try await self.close(request) }
        router.get(RouterPath(ClosedSessionList.path)) { _, _ in try await self.closedSessions() }
        router.get(".well-known/jwks.json") { _, _ in self.keys() }
    }

    /// Opens a session with the token of a request, or gives the one that it opened before: JSON as an access token has
    /// (RFC 6749, section 5.1), with `token_type` `Bearer` or `DPoP`. Throws ``SessionRefusal``.
    public func open(_ request: Request) async throws(SessionRefusal) -> Response {
        let authorization = request.headers[values: .authorization]
        let token: VerifiedToken
        do {
            token = try await origin.verified(authorization, accepting: capabilities, answeringReplays: true)
        } catch {
            throw SessionRefusal(error)
        }
        let thumbprint = try await keyThumbprint(in: request, presenting: authorization)
        // First, so that nothing is spent where it cannot be known whether the session was closed.
        try await keepCurrent(at: origin.time.now().wall)
        let now = origin.time.now().wall
        let outcome: SpendOutcome
        do {
            outcome = try await origin.spend(opener.spend(token, boundTo: thumbprint, at: now))
        } catch {
            throw SessionRefusal(error)
        }
        // The token is spent: from here on nothing may keep the answer back, however much waits.
        let session = await origin.pool.complete { [opener] in
            opener.session(outcome, to: token, boundTo: thumbprint, at: now)
        }
        if case .refused(let failure) = outcome {
            throw SessionRefusal(origin.refusal(.notAccepted(failure), capabilities))
        }
        guard let session else { throw SessionRefusal(origin.refusal(.alreadySpent, capabilities)) }
        guard !open.isClosed(session.claims.id) else { throw SessionRefusal(.closed) }
        let type = session.claims.keyThumbprint == nil ? "Bearer" : "DPoP"
        let text = """
            {"access_token":"\(session.text)","expires_in":\(session.claims.expiry.seconds(since: now)),\
            "token_type":"\(type)"}
            """
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Closes the session of a request before its end, for good: 204, also where it was closed already.
    public func close(_ request: Request) async throws(SessionRefusal) -> Response {
        let session: AdmittedSession?
        do {
            session = try await admit(request)
        } catch {
            // Perhaps the answer to the first request was lost.
            guard error.failure == .closed else { throw error }
            session = nil
        }
        if let session {
            do { try await open.close(session) } catch { throw SessionRefusal(.sessionsUnavailable) }
            closedList.forget()
        }
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }

    /// The answer to `GET /sessions/closed`: a ``ClosedSessionList``, for gateways that check sessions with the key
    /// set.
    public func closedSessions() async throws(SessionRefusal) -> Response {
        let now = origin.time.now().wall
        try await keepCurrent(at: now)
        let bytes = try await closedList.bytes(at: now) { [open] () async throws(SessionRefusal) -> [UInt8] in
            try await compute { open.closedList(at: now).encoded }
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "public, max-age=5"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The answer to `GET /.well-known/jwks.json`.
    public func keys() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/jwk-set+json", .cacheControl: "public, max-age=3600"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: keySet)))
    }

    /// The session of a request, if it lets its bearer in; each proof once. Throws ``SessionRefusal``.
    public func admit(_ request: Request) async throws(SessionRefusal) -> AdmittedSession {
        guard
            let presented = PresentedSession(
                authorization: request.headers[values: .authorization], proofs: request.headers[values: .dpop],
                method: request.method.rawValue, path: request.head.path ?? "/", servers: servers(of: request))
        else { throw SessionRefusal.sessionRequired }
        let now = origin.time.now().wall
        try await keepCurrent(at: now)
        let checked = try await compute { [verifier] in
            Result { () throws(SessionFailure) in try verifier.verify(presented, at: now) }
        }
        let verified: VerifiedSession
        do { verified = try checked.get() } catch { throw SessionRefusal(error) }
        switch open.admit(verified, at: origin.time.now()) {
        case .admitted(let session): return session
        case .refused(let failure): throw SessionRefusal(failure)
        case .overloaded: throw SessionRefusal(.overloaded)
        }
    }

    /// Whether a session is one of this service's.
    func isOwn(_ session: AdmittedSession) -> Bool { session.admission == ObjectIdentifier(open) }

    /// The thumbprint of the key that a request's proof shows, or `nil` where there is none. Made for this very token,
    /// it needs no time: the token counts once.
    private func keyThumbprint(
        in request: Request, presenting authorization: [String]
    ) async throws(SessionRefusal) -> Bytes32? {
        let values = request.headers[values: .dpop]
        guard let text = values.first else { return nil }
        guard values.count == 1, case .token(let token) = PresentedToken(authorization: authorization) else {
            throw SessionRefusal(.badProof)
        }
        let servers = servers(of: request)
        let (method, path) = (request.method.rawValue, request.head.path ?? "/")
        let thumbprint = try await compute { () -> Bytes32? in
            let credential = Base64URL.encode(token.encoded, padded: false)
            guard let proof = try? ProofOfPossession(verifying: text),
                proof.isFor(method: method, path: path, servers: servers, credential: credential)
            else { return nil }
            return proof.keyThumbprint
        }
        guard let thumbprint else { throw SessionRefusal(.badProof) }
        return thumbprint
    }

    /// The names that a proof may be made for. What a request says of itself counts where nothing else is known, and on
    /// this machine: else whoever was shown a session with a proof for his own server could pass both on.
    private func servers(of request: Request) -> [String] {
        guard let own = request.head.authority, servers.isEmpty || ProofOfPossession.isOfThisMachine(own) else {
            return servers
        }
        return servers + [own]
    }

    private func keepCurrent(at now: UnixTime) async throws(SessionRefusal) {
        guard open.isDue(at: now) else { return }
        do {
            try await open.reload(at: now)
        } catch where open.isCurrent(at: now) {
            // What was known before still is; what other processes closed comes with the next try.
        } catch {
            throw SessionRefusal(.sessionsUnavailable)
        }
    }

    private func compute<T: Sendable>(_ work: @escaping @Sendable () -> T) async throws(SessionRefusal) -> T {
        do { return try await origin.pool.run(work) } catch { throw SessionRefusal(.overloaded) }
    }
}

extension HTTPField.Name {
    /// The proof of a device's key (RFC 9449, section 4.1).
    // It is a token of RFC 9110; any field does for a name that is none.
    package static let dpop = HTTPField.Name(ProofOfPossession.fieldName) ?? .from
}
