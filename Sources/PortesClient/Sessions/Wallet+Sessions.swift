public import KeySchedule
public import PrivacyPass

extension Wallet {
    /// A session at a service: the one that the wallet has, or else a new one, for a token of a capability.
    ///
    /// A session is opened with one token and ends by itself; there is no way to prolong it, so that no two of them can
    /// be told to be one person's. It is kept, sealed as the wallet is, and used again after a restart until less than
    /// `margin` seconds of it are left, at most ``longestMargin``. Tasks that ask at the same time get the same one.
    /// Where the answer to a token was lost, the same token is sent again and brings the same session.
    ///
    /// With `isBound` it is bound to a key that is made for it alone, by DPoP (RFC 9449); without, whoever bears it may
    /// use it, as services know it that take bearer tokens alone. A service that lets it in no more, 401, had it closed
    /// or lost its key: ``discard(_:)`` it, and ask again.
    ///
    /// Throws ``WalletError/empty`` if there is no token to open one with, ``RedemptionError`` if no answer is known,
    /// and ``SessionRefused`` if the service refused the tokens that were tried.
    public func session(
        _ capability: Capability, for challenge: TokenChallenge, at origin: OriginClient,
        path: String = OriginClient.sessionPath, isBound: Bool = true, margin: Int64 = 60
    ) async throws -> Session {
        // No session lasts for less: with a longer margin each call would open another.
        let margin = min(max(margin, 0), Self.longestMargin)
        let kind = SessionKind(origin: origin.name, capability: capability, isBound: isBound)
        if let kept = contents.session(kind, lasting: margin, at: origin.now()) { return kept }
        if let opening = openings[kind] { return try await opening.value }
        // On its own, because those who ask meanwhile wait for it too: it goes on where the first of them does not.
        let opening = Task { try await open(kind, for: challenge, at: origin, path: path, margin: margin) }
        openings[kind] = opening
        defer { openings[kind] = nil }
        return try await opening.value
    }

    /// The longest time before its end at which a session is replaced, in seconds: 300.
    public static let longestMargin: Int64 = 300

    private func open(
        _ kind: SessionKind, for challenge: TokenChallenge, at origin: OriginClient, path: String, margin: Int64
    ) async throws -> Session {
        let use: WalletContents.Sent.Use = kind.isBound ? .boundSession : .session
        var unusable: [Wallet.Unusable] = []
        for nonce in unansweredNonces(at: origin.name, for: use) {
            guard let spending = resume(nonce) else { continue }
            let result = try await send(spending, to: origin, Route(path, .post))
            unusable += result.unusable
            if let session = result.session, session.capability == kind.capability,
                session.lasts(margin, at: origin.now())
            {
                return session
            }
        }
        let result = try await spend(
            ofKind: kind.capability, for: challenge, at: origin, Route(path, .post), binding: nil, purpose: [], use: use)
        guard let session = result.session else { throw SessionRefused(result, beside: unusable) }
        return session
    }

    /// The sessions that the wallet has and that have not ended, each with its origin.
    public func sessions(at time: UnixTime) -> [(origin: ServerName, session: Session)] {
        contents.sessions.filter { $0.session.lasts(1, at: time) }.map { ($0.origin, $0.session) }
    }

    /// Ends a session before its time: the service lets nobody in with it any more. It learns nothing of who did so.
    ///
    /// Throws ``RedemptionError`` where the service does not say so; the session then stays in the wallet.
    public func close(
        _ session: Session, at origin: OriginClient, path: String = OriginClient.sessionPath
    ) async throws {
        try await origin.close(session, path: path)
        try discard(session)
    }

    /// Forgets a session, which the service does not hear of: it counts until its end.
    public func discard(_ session: Session) throws(WalletError) {
        var next = contents
        next.sessions.removeAll { $0.session == session }
        if next.sessions.count < contents.sessions.count { try save(next) }
    }
}

/// Which session is meant by a call.
struct SessionKind: Hashable {
    let origin: ServerName
    let capability: Capability
    let isBound: Bool
}

/// Why no session was opened with the tokens that were tried, although the service answered.
public struct SessionRefused: Error, Sendable, Hashable {
    /// The last answer.
    public let outcome: RedemptionOutcome
    /// Tokens that turned out to be of no use at the service; told once, and kept aside in the wallet.
    public let unusable: [Wallet.Unusable]

    init(_ result: SpendResult, beside earlier: [Wallet.Unusable]) {
        outcome = result.outcome
        unusable = earlier + result.unusable
    }
}

extension WalletContents {
    func session(_ kind: SessionKind, lasting margin: Int64, at now: UnixTime) -> Session? {
        sessions.first { kept in
            kept.origin.isSameServer(as: kind.origin) && kept.session.capability == kind.capability
                && kept.session.isBound == kind.isBound && kept.session.lasts(margin, at: now)
        }?.session
    }

    /// Keeps a session in the place of an earlier one of its kind, and of all that must have ended before it began.
    mutating func keep(_ session: Session, at origin: ServerName) {
        sessions.removeAll { kept in
            session.expiry.seconds(since: kept.session.expiry) > Session.longestLife
                || kept.origin.isSameServer(as: origin) && kept.session.capability == session.capability
                && kept.session.isBound == session.isBound
        }
        sessions.append(KeptSession(origin: origin, session: session))
    }
}
