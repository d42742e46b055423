internal import KeySchedule
internal import KeyTransparency
public import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An issuer as a client sees it: its directory, its key log, and the place that takes requests.
///
/// It gives out no key but the one that the log lets issue now, the same for everybody: see ``KeyLogPolicy``. Most apps
/// need ``Wallet/fetch(_:of:for:from:voucher:)`` only.
public actor IssuerClient {
    /// The issuer's name in challenges.
    public nonisolated let name: ServerName
    let url: ServerURL
    private let transport: any TokenTransport
    private let now: @Sendable () -> Int64
    private let store: (any KeyLogStore)?
    private let log: KeyLogReader
    private var cached: IssuerDirectory?

    /// The issuer at `url`, which nothing is fetched from yet.
    ///
    /// `name` is the issuer's name in challenges where it is not the URL's host and port. `log` says what is trusted of
    /// its key log; what was seen of that is kept in `store`, otherwise in the wallet that fetches, otherwise as long
    /// as this value lives. `now` gives the time in UNIX seconds, by the system's clock if it is `nil`.
    public init(
        url: ServerURL, name: ServerName? = nil, transport: any TokenTransport, log: KeyLogPolicy = .development,
        store: (any KeyLogStore)? = nil, now: (@Sendable () -> Int64)? = nil
    ) {
        self.url = url
        self.name = name ?? url.name
        self.transport = transport
        self.store = store
        self.log = KeyLogReader(
            KeyLogSource(issuer: url, transport: transport), policy: log, isOnThisMachine: url.isOnThisMachine)
        self.now = now ?? { Int64(Date.now.timeIntervalSince1970.rounded(.down)) }
    }

    /// The time in UNIX seconds, by this client's clock.
    var currentTime: Int64 { now() }

    /// Returns if the issuer has the name that is given here, as its directory says; throws
    /// ``IssuanceError/otherName(_:)`` if it has another, for which tokens and accounts would be others.
    public func checkName() async throws(IssuanceError) { _ = try await directory() }

    /// The issuer's directory as it is now.
    ///
    /// Fetched whole each time, with no tag of what was fetched before: a tag could be a name that the issuer gave to
    /// one client. Throws ``IssuanceError/otherName(_:)`` if it names the issuer otherwise than ``name``. As no request
    /// is sent without a directory, none is charged under a name for which its tokens would be of no use.
    func directory() async throws(IssuanceError) -> IssuerDirectory {
        let response = try await send(
            TransportRequest(
                .get, url: url.appending(path: IssuerDirectory.path),
                headers: [HeaderField("accept", MediaType.issuerDirectory)],
                maximumResponseCount: IssuerDirectory.maximumEncodedCount))
        guard response.status == 200 else { throw IssuanceError(response) }
        guard let directory = try? IssuerDirectory(decoding: response.body) else { throw .badAnswer }
        if let told = directory.issuerName, !told.isSameServer(as: name) { throw .otherName(told) }
        cached = directory
        return directory
    }

    /// The key to use now for a capability: the first that the issuer lists for it, and the one that its key log lets
    /// issue now. Throws ``IssuanceError/keyLog(_:)`` if that is not so, and
    /// ``IssuanceError/Refusal/capabilityRevoked`` where there is none for the reason that the log says so.
    ///
    /// A capability has keys of one token type, or of two for a while after that was changed: `tokenType` picks one.
    public func currentKey(
        for capability: Capability, tokenType: TokenType? = nil
    ) async throws(IssuanceError) -> TokenKey {
        try await currentKey(ofKind: capability, tokenType: tokenType)
    }

    /// The key to use now for a capability, or the first that the issuer lists.
    func currentKey(
        ofKind capability: Capability?, tokenType: TokenType?, keptIn wallet: (any KeyLogStore)? = nil
    ) async throws(IssuanceError) -> TokenKey {
        let entry: IssuerDirectory.Key
        do throws(IssuanceError) {
            entry = try await checked(keptIn: wallet) { directory, time throws(IssuanceError) in
                // The issuer lists the key to use first, so leeway for a clock that is behind never picks a later one.
                let time = time + KeyHistory.leeway
                guard let entry = directory.currentKey(for: capability, tokenType: tokenType, at: time) else {
                    throw .noKey
                }
                return entry
            }
        } catch .noKey {
            let isRevoked = await isLoggedAsRevoked(capability, keptIn: wallet)
            throw isRevoked ? .refused(.capabilityRevoked) : .noKey
        }
        guard let key = try? TokenKey(tokenType: entry.tokenType, decoding: entry.tokenKey) else { throw .badAnswer }
        return key
    }

    /// Whether the key log says that a capability is revoked; `false` too where it cannot be read or believed.
    private func isLoggedAsRevoked(_ capability: Capability?, keptIn wallet: (any KeyLogStore)?) async -> Bool {
        let time = UnixTime(seconds: now())
        guard let capability, let history = try? await log.history(keptIn: store ?? wallet, at: time) else {
            return false
        }
        return history.isRevoked(capability, at: time)
    }

    /// Those of some keys whose tokens the key log says are worth nothing any more: the key or its capability is
    /// revoked, or acceptance is over. None where the log cannot be read or believed.
    func over(_ keyIDs: Set<TokenKeyID>, keptIn wallet: (any KeyLogStore)?) async -> Set<TokenKeyID> {
        let time = UnixTime(seconds: now())
        guard let history = try? await log.history(keptIn: store ?? wallet, at: time) else { return [] }
        return keyIDs.filter { history.isOver($0, at: time) }
    }

    /// Those of some keys whose acceptance the key log says is over; none where the log cannot be read or believed.
    func expired(_ keyIDs: Set<TokenKeyID>, keptIn wallet: (any KeyLogStore)?) async -> Set<TokenKeyID> {
        let time = UnixTime(seconds: now())
        guard let history = try? await log.history(keptIn: store ?? wallet, at: time) else { return [] }
        return keyIDs.filter { history.hasExpired($0, at: time) }
    }

    /// The keys of type 0x0005 whose tokens the log still lets be accepted, oldest first.
    func acceptedKeys(keptIn wallet: (any KeyLogStore)?) async throws(IssuanceError) -> [KeyRecord] {
        let time = UnixTime(seconds: now())
        do {
            let history = try await log.history(keptIn: store ?? wallet, at: time)
            return history.keys.values.map(\.record)
                .filter { $0.tokenType.hasStorableRequests && !history.isOver($0.id, at: time) }
                .sorted { ($0.notBefore, $0.id.hexadecimal) < ($1.notBefore, $1.id.hexadecimal) }
        } catch {
            throw .keyLog(error)
        }
    }

    /// What a challenge asks for: the capability of the key that it names, or `nil` if it names none, or the directory
    /// says nothing of it.
    ///
    /// The challenge alone is not trusted: its issuer must be this one, and its key must stand in the directory and be
    /// the one that the key log lets issue now. Throws ``IssuanceError/wrongIssuer``,
    /// ``IssuanceError/keyNotPublished`` and ``IssuanceError/keyLog(_:)`` otherwise. Tokens are then fetched under the
    /// current key of that capability, so that no challenge can pick out one client by a key.
    public func capability(of challenge: PrivateTokenChallenge) async throws(IssuanceError) -> Capability? {
        try await capability(of: challenge, keptIn: nil)
    }

    /// The same with a wallet for what is seen of the key log.
    func capability(
        of challenge: PrivateTokenChallenge, keptIn wallet: (any KeyLogStore)?
    ) async throws(IssuanceError) -> Capability? {
        try check(challenge.challenge)
        guard let named = challenge.tokenKey else { return nil }
        return try await checked(keptIn: wallet) { directory, _ throws(IssuanceError) in
            let type = challenge.challenge.tokenType
            guard let entry = directory.tokenKeys.first(where: { $0.tokenKey == named && $0.tokenType == type }) else {
                throw .keyNotPublished
            }
            return entry
        }.capability
    }

    /// The answer to a request that is paid for in any way, as bytes for ``PendingTokens/finalize(_:)-swift.method``.
    public func answer(_ request: IssuanceRequest, payment: Payment) async throws(IssuanceError) -> [UInt8] {
        let directory: IssuerDirectory
        if let cached { directory = cached } else { directory = try await self.directory() }
        guard let target = url.resolve(directory.issuerRequestURI, relativeTo: IssuerDirectory.path) else {
            throw .badAnswer
        }
        var headers = [
            HeaderField("content-type", request.mediaType), HeaderField("accept", request.responseMediaType),
        ]
        if let header = payment.header(for: request, issuer: name) { headers.append(header) }
        let response = try await send(
            TransportRequest(
                .post, url: target, headers: headers, body: request.encoded,
                maximumResponseCount: IssuerClient.maximumAnswerCount))
        // 206: some tokens of a generic batch were not issued.
        guard response.status == 200 || response.status == 206 && request.isGeneric else {
            // What an issuer answers where it issued none of a batch, most likely since the key is over.
            let isNoneIssued = response.status == 400 && request.isGeneric && Problem(response).name == nil
            let error = isNoneIssued ? .keyNotIssuing : IssuanceError(response, at: currentTime)
            // An issuer asks for a voucher as well where what was sent has not the form of one.
            throw payment.hasVoucher && error == .refused(.voucherRequired) ? .refused(.voucherMalformed) : error
        }
        guard response.mediaType == request.responseMediaType else { throw .badAnswer }
        return response.body
    }

    // An answer for 100 tokens has 3,266 bytes in type 0x0005, and 25,904 in type 0x0002.
    private static let maximumAnswerCount = 64 * 1024

    /// The key of the directory that `choose` chooses, once the log is known to let it issue now.
    ///
    /// The log is read after the directory, so it is no older; where the two do not agree, both are read once more.
    private func checked(
        keptIn wallet: (any KeyLogStore)?, isRepeated: Bool = false,
        _ choose: (IssuerDirectory, Int64) throws(IssuanceError) -> IssuerDirectory.Key
    ) async throws(IssuanceError) -> IssuerDirectory.Key {
        let entry = try choose(await directory(), now())
        do {
            let time = UnixTime(seconds: now())
            let history = try await log.history(keptIn: store ?? wallet, at: time)
            try history.check(entry, at: time, isStrict: !url.isOnThisMachine)
            return entry
        } catch {
            guard !isRepeated, error == .keyNotInLog || error == .notTheIssuingKey else { throw .keyLog(error) }
        }
        return try await checked(keptIn: wallet, isRepeated: true, choose)
    }

    nonisolated func check(_ challenge: TokenChallenge) throws(IssuanceError) {
        guard challenge.issuerName.isSameServer(as: name) else { throw .wrongIssuer }
        guard TokenType.implemented.contains(challenge.tokenType) else { throw .unsupported }
    }

    func send(_ request: TransportRequest) async throws(IssuanceError) -> TransportResponse {
        do {
            return try await transport.send(request)
        } catch {
            throw .unreachable(TransportFailure(error))
        }
    }
}
